"""Accounts and the repository, in the JSON of GitHub's REST interface."""

from typing import Any

from fakes.github_state import node_id

USER_LINKS = [
    "followers",
    "following{/other_user}",
    "gists{/gist_id}",
    "starred{/owner}{/repo}",
    "subscriptions",
    "orgs",
    "repos",
    "events{/privacy}",
    "received_events",
]
USER_NAMES = [
    "followers_url",
    "following_url",
    "gists_url",
    "starred_url",
    "subscriptions_url",
    "organizations_url",
    "repos_url",
    "events_url",
    "received_events_url",
]
REPO_LINKS = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}
GHOST = 10137  # the account that stands for deleted ones


class AccountShapes:
    """A part of `Shapes`."""

    def login(self, user: int | None) -> str:
        """An account's name as REST gives it: an App's has `[bot]` behind it [I ai-dev-framework#334]."""
        if user is None or user not in self.forge.users:
            return "ghost"
        found = self.forge.users[user]
        return f"{found.name}[bot]" if found.is_bot else found.name

    def user(self, user: int | None) -> dict[str, Any]:
        login = self.login(user)
        found = self.forge.users.get(user)
        is_bot = bool(found and found.is_bot)
        url = f"{self.api}/users/{login}"
        number = user if found else GHOST
        return {
            "login": login,
            "id": number,
            "node_id": node_id("Bot" if is_bot else "User", number),
            "avatar_url": f"{self.forge.url}/avatars/u/{number}?",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.forge.url}/{'apps/' if is_bot else ''}{login.removesuffix('[bot]')}",
            **dict(zip(USER_NAMES, (f"{url}/{link}" for link in USER_LINKS), strict=True)),
            "type": "Bot" if is_bot else "User",
            "site_admin": False,
        }

    def me(self, user: int) -> dict[str, Any]:
        nothing = ["bio", "blog", "company", "email", "hireable", "location"]
        counts = ["followers", "following", "public_gists", "public_repos", "collaborators", "disk_usage"]
        counts += ["owned_private_repos", "private_gists", "total_private_repos"]
        return {
            **self.user(user),
            "name": self.login(user),
            **dict.fromkeys(nothing),
            **dict.fromkeys(counts, 0),
            "created_at": self.forge.born,
            "updated_at": self.forge.born,
            "two_factor_authentication": True,
        }

    def repository(self, *, full: bool = False) -> dict[str, Any]:
        forge = self.forge
        name = f"{forge.owner}/{forge.name}"
        texts = dict.fromkeys(("description", "homepage", "language", "mirror_url", "license"))
        counts = (
            "forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count"
        )
        flags = "archived disabled fork has_discussions has_pages has_projects has_wiki"
        found = {
            "id": forge.repository_id,
            "node_id": node_id("Repository", forge.repository_id),
            "name": forge.name,
            "full_name": name,
            "owner": self.user(forge.owner_id),
            "private": forge.private,
            "html_url": self.page,
            "url": self.repo_api,
            "clone_url": f"{self.page}.git",
            "git_url": f"git://{forge.url.partition('://')[2]}/{name}.git",
            "ssh_url": f"git@{forge.url.partition('://')[2]}:{name}.git",
            "svn_url": self.page,
            "default_branch": "main",
            "has_issues": True,
            "has_downloads": True,
            **texts,
            **dict.fromkeys(counts.split(), 0),
            **dict.fromkeys(flags.split(), False),
            **dict.fromkeys(("created_at", "updated_at", "pushed_at"), forge.born),
            **{key: f"{self.repo_api}/{link}" for key, link in REPO_LINKS.items()},
        }
        return {**found, "network_count": 0, "subscribers_count": 0} if full else found
