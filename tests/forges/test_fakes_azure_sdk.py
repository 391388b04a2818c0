"""The fake Azure DevOps Server, met by the official SDK as it is: an independent reader of what the fake says."""

import gc
import warnings

import pytest
from fakes.azure import CONTRIBUTE, READ, FakeAzure
from fakes.specs import ABSENT, Specs

# The SDK does not read the answer to a DELETE, and leaves its socket to the collector of garbage.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
SERVERS = [("5.0", ""), ("6.0", "/tfs"), ("7.0", "/tfs"), ("7.1", "")]


@pytest.fixture
def sdk(tmp_path, monkeypatch):
    """The SDK, its caches in a folder of this test: it makes one in $HOME as it is imported, and keeps routes in the class."""
    monkeypatch.setenv("AZURE_DEVOPS_CACHE_DIR", str(tmp_path))
    from azure.devops import _file_cache, connection  # noqa: PLC0415 (after the variable is set)
    from azure.devops import client as sdk_client  # noqa: PLC0415 (as above)

    for sdk_cache, name in (
        (_file_cache.OPTIONS_CACHE, "options"),
        (_file_cache.RESOURCE_CACHE, "resources"),
    ):
        monkeypatch.setattr(sdk_cache, "file_name", str(tmp_path / f"{name}.json"))
        monkeypatch.setattr(sdk_cache, "initial_load_occurred", False)
    monkeypatch.setattr(sdk_client.Client, "_locations_cache", {})
    yield connection.Connection
    with warnings.catch_warnings():  # else its sockets would be found in a later test, which forbids warnings
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(params=SERVERS, ids=lambda each: f"{each[0]}{each[1]}")
def fake(request, forge_repo):
    with FakeAzure(forge_repo.path, version=request.param[0], prefix=request.param[1]) as made:
        yield made


@pytest.fixture
def number(fake):
    return fake.open_pull_request("feature", "main", fake.add_user("writer"))


@pytest.fixture
def connection(fake, number, sdk):
    from msrest.authentication import BasicAuthentication  # noqa: PLC0415 (needed here alone)

    token = fake.add_token(fake.add_user("bot", is_bot=True), {READ, CONTRIBUTE})
    return sdk(base_url=fake.api, creds=BasicAuthentication("", token))


def paths(changes):
    """The SDK's model of a change knows its id alone; the rest is in `additional_properties`."""
    told = [(each.additional_properties, each.change_tracking_id) for each in changes.change_entries]
    return {rest["item"].get("path") or rest["originalPath"]: number for rest, number in told}


def inline(models, number, *, side="right"):
    ends = {
        f"{side}_file_start": models.CommentPosition(5, 1),
        f"{side}_file_end": models.CommentPosition(5, 7),
    }
    return models.GitPullRequestCommentThread(
        comments=[models.Comment(content="look", comment_type="text", parent_comment_id=0)],
        status="active",
        thread_context=models.CommentThreadContext(file_path="/app/main.py", **ends),
        pull_request_thread_context=models.GitPullRequestCommentThreadContext(
            change_tracking_id=number, iteration_context=models.CommentIterationContext(1, 1)
        ),
    )


@pytest.mark.parametrize("clients", ["clients_v7_0", "clients_v7_1"])
def test_a_review_by_the_sdk(fake, number, connection, clients):
    """Request, iterations, changes, threads, comments and statuses, whichever server it is."""
    git = getattr(connection, clients).get_git_client()
    module = __import__(type(git).__module__.replace("git_client", "models"), fromlist=["models"])
    pull = git.get_pull_request("ledger", number, project="Pay")
    (iteration,) = git.get_pull_request_iterations("ledger", number, project="Pay")
    assert pull.last_merge_source_commit.commit_id == iteration.source_ref_commit.commit_id
    assert git.get_pull_request_by_id(number).repository.id == pull.repository.id
    ids = paths(
        git.get_pull_request_iteration_changes(pull.repository.id, number, 1, project="Pay", top=2000)
    )

    made = git.create_thread(inline(module, ids["/app/main.py"]), "ledger", number, project="Pay")
    git.create_comment(
        module.Comment(content="more", parent_comment_id=1), "ledger", number, made.id, project="Pay"
    )
    git.update_comment(module.Comment(content="less"), "ledger", number, made.id, 2, project="Pay")
    git.delete_comment("ledger", number, made.id, 1, project="Pay")
    fixed = module.GitPullRequestCommentThread(status="fixed")
    assert git.update_thread(fixed, "ledger", number, made.id, project="Pay").status == "fixed"
    (listed,) = git.get_threads("ledger", number, project="Pay")
    assert (
        listed.thread_context.right_file_end.offset,
        listed.pull_request_thread_context.change_tracking_id,
    ) == (
        7,
        ids["/app/main.py"],
    )
    assert [comment.is_deleted for comment in listed.comments] == [True, None]
    (seen,) = fake.threads(number)
    assert (seen["text_under_anchor"], seen["bodies"], seen["state"]) == (b"LINE 5", ["less"], "fixed")

    context = module.GitStatusContext(genre="reviewbot", name="review")
    for state in ("pending", "failed"):
        status = module.GitPullRequestStatus(state=state, context=context, iteration_id=1)
        git.create_pull_request_iteration_status(status, "ledger", number, 1, project="Pay")
    assert [each.state for each in git.get_pull_request_statuses("ledger", number, project="Pay")] == [
        "pending",
        "failed",
    ]
    assert [each["state"] for each in fake.statuses(iteration.source_ref_commit.commit_id)] == ["failed"]
    assert fake.violations == []


def test_the_sdk_is_told_who_it_is(fake, connection):
    """From the location service, which is a preview on every server."""
    client = connection.get_client("azure.devops.v7_0.location.location_client.LocationClient")
    me = client.get_connection_data().authenticated_user
    assert fake.users[me.id].name == "bot"


def test_the_sdk_understands_a_refusal(fake, number, connection):
    """Its own error carries the server's sentence."""
    from azure.devops.exceptions import AzureDevOpsServiceError  # noqa: PLC0415 (after the variable is set)

    git = connection.clients_v7_0.get_git_client()
    with pytest.raises(AzureDevOpsServiceError, match="TF401180") as caught:
        git.get_threads("ledger", 999, project="Pay")
    assert caught.value.type_key == "GitPullRequestNotFoundException"


def test_answers_are_as_described(fake, number, connection):
    """Against the official description of the release, where there is one at hand."""
    described = {"7.0": "7.0", "7.1": "7.1"}.get(fake.server.released, "5.0")
    specs = Specs.load(f"azure-git-server-{described}.json")
    if specs is None:
        pytest.skip(ABSENT)
    fake.say(max(fake.users), number, "here", ("app/main.py", "new", 5, 6))
    git = connection.clients_v7_0.get_git_client()
    models = git.get_threads.__globals__["models"]
    git.get_pull_request("ledger", number, project="Pay")
    git.get_pull_request_iterations("ledger", number, project="Pay")
    git.get_pull_request_iteration_changes("ledger", number, 1, project="Pay", top=3)
    git.create_thread(inline(models, 99), "ledger", number, project="Pay")
    git.get_threads("ledger", number, project="Pay")
    status = models.GitPullRequestStatus(state="error", context=models.GitStatusContext(name="x"))
    git.create_pull_request_iteration_status(status, "ledger", number, 1, project="Pay")
    git.get_pull_request_iteration_statuses("ledger", number, 1, project="Pay")
    asked = [entry for entry in fake.log if "/_apis/git/" in entry.path]
    assert len(asked) == 7
    for entry in asked:
        path = "/c/p/_apis/git/" + entry.raw_path.partition("/_apis/git/")[2]
        body = entry.answer.get("value", entry.answer)  # lists are described bare
        wrong = specs.reply(entry.method, path, 200, _without_known_faults(body))
        assert wrong == [], (entry.method, entry.path)


def _without_known_faults(body):
    """Take out what the description has wrongly: nulls, items as texts, combined kinds of change, properties as lists."""
    if isinstance(body, list):
        return [_without_known_faults(each) for each in body]
    if not isinstance(body, dict):
        return body
    known = {"item", "changeType", "properties"}
    return {
        key: _without_known_faults(each)
        for key, each in body.items()
        if key not in known and each is not None
    }
