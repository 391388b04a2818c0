"""What a pipeline was started for, from environments as the three CIs give them."""

import json
import re

import pytest

from reviewbot.change.event import Ci, ci, event_path, started
from reviewbot.domain.pull import ForgeKind, PullRef
from reviewbot.errors import UsageError

HEAD = "9ab31e7" + "0" * 33

GITLAB = {
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "https://git.corp.example/api/v4",
    "CI_SERVER_URL": "https://git.corp.example",
    "CI_PROJECT_ID": "77",  # the fork, in whose project the pipeline runs
    "CI_MERGE_REQUEST_IID": "12",
    "CI_MERGE_REQUEST_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_PROJECT_PATH": "pay/ledger",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release/1.0",
    "CI_COMMIT_SHA": "f" * 40,  # a trial merge in merged-results pipelines
}
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_EVENT_PATH": "/event.json",
    "GITHUB_SERVER_URL": "https://ghe.corp.example",
    "GITHUB_API_URL": "https://ghe.corp.example/api/v3",
    "GITHUB_REPOSITORY": "pay/ledger",
    "GITHUB_SHA": "f" * 40,  # the trial merge
}
AZURE = {
    "TF_BUILD": "True",
    "SYSTEM_COLLECTIONURI": "https://tfs.corp.example/tfs/Default Collection/".replace(" ", "%20"),
    "SYSTEM_TEAMPROJECT": "Pay Roll",
    "BUILD_REPOSITORY_NAME": "ledger",
    "SYSTEM_PULLREQUEST_PULLREQUESTID": "12",
    "SYSTEM_PULLREQUEST_SOURCECOMMITID": HEAD,
    "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/topic",
    "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
    "SYSTEM_PULLREQUEST_ISFORK": "False",
    "BUILD_SOURCEVERSION": "f" * 40,
}
OWN = {
    "REVIEWBOT_FORGE": "gitlab",
    "REVIEWBOT_FORGE_URL": "https://git.corp.example/api/v4/",
    "REVIEWBOT_FORGE_REPOSITORY": "pay/ledger",
    "REVIEWBOT_FORGE_REMOTE": "https://git.corp.example/pay/ledger.git",
    "REVIEWBOT_PULL_REQUEST": "12",
}


def event(**values):
    return json.dumps(values).encode()


PULL = event(pull_request={"number": 12, "head": {"sha": HEAD}, "base": {"ref": "main"}})


def test_gitlab_names_the_targets_project():
    """The request stands in the target's project, and its commits are not taken from variables."""
    found = started(GITLAB, None)
    assert found.ref(found.number) == PullRef(ForgeKind.GITLAB, "https://git.corp.example/api/v4", "42", 12)
    assert found.remote == "https://git.corp.example/pay/ledger.git"
    assert (found.head, found.target_branch) == (None, "release/1.0")
    assert found.head_refs == ("refs/merge-requests/12/head",)


def test_github_reads_the_event():
    """Number, head and target branch come from the event, not from GITHUB_SHA."""
    found = started(GITHUB, PULL)
    assert found.ref(12).api == "https://ghe.corp.example/api/v3"
    assert (found.number, found.head, found.target_branch) == (12, HEAD, "main")
    assert found.head_refs == ("refs/pull/12/head",)


def test_github_knows_a_finished_workflow_by_its_head():
    """A workflow_run names no pull request of a fork: it is found by its head."""
    found = started(GITHUB, event(workflow_run={"head_sha": HEAD, "pull_requests": []}))
    assert (found.number, found.head, found.target_branch, found.head_refs) == (None, HEAD, None, ())


@pytest.mark.parametrize(("listed", "number"), [([HEAD], 12), ([HEAD, HEAD], None), (["b" * 40], None)])
def test_a_finished_workflow_may_name_its_request(listed, number):
    """Where GitHub lists exactly one request with this head, that is it."""
    pulls = [{"number": 12, "head": {"sha": sha}, "base": {"ref": "main"}} for sha in listed]
    found = started(GITHUB, event(workflow_run={"head_sha": HEAD, "pull_requests": pulls}))
    assert (found.number, found.head) == (number, HEAD)


def test_azure_prefers_the_source_branch():
    """The trial merge is the second choice, for it is missing where there are conflicts."""
    found = started(AZURE, None)
    assert found.api == "https://tfs.corp.example/tfs/Default%20Collection"
    assert found.repository == "Pay Roll/ledger"
    assert found.remote == "https://tfs.corp.example/tfs/Default%20Collection/Pay%20Roll/_git/ledger"
    assert found.head_refs == ("refs/heads/topic", "refs/pull/12/merge")
    assert (found.head, found.target_branch) == (HEAD, "main")


def test_azure_fork_has_no_source_branch_here():
    """A branch of a fork is not in the target's repository; one of the same name there is another."""
    found = started(AZURE | {"SYSTEM_PULLREQUEST_ISFORK": "True"}, None)
    assert found.head_refs == ("refs/pull/12/merge",)


def test_own_variables_outrank_the_cis():
    """A job in another project says itself which request it is for."""
    found = started(GITLAB | OWN | {"REVIEWBOT_PULL_REQUEST": "7"}, None)
    assert (found.repository, found.number, found.api) == ("pay/ledger", 7, "https://git.corp.example/api/v4")
    assert event_path(GITHUB | OWN) is None


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"GITLAB_CI": "true"},
        {"TF_BUILD": "True"},
        GITHUB | {"GITHUB_EVENT_PATH": ""},
    ],
)
def test_no_pull_request(environ):
    """A laptop and a pipeline of a branch are started for none."""
    assert started(environ, None) is None


def test_a_push_is_no_pull_request():
    """Nor is a push to a branch on GitHub."""
    assert started(GITHUB, event(ref="refs/heads/main", commits=[])) is None


@pytest.mark.parametrize(
    "missing", ["CI_API_V4_URL", "CI_MERGE_REQUEST_PROJECT_PATH", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"]
)
def test_a_missing_variable_is_named(missing):
    """The sentence names the variable."""
    with pytest.raises(UsageError, match=missing):
        started({name: value for name, value in GITLAB.items() if name != missing}, None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"CI_MERGE_REQUEST_IID": "12; rm"}, "not the number"),
        ({"CI_MERGE_REQUEST_IID": "0"}, "not the number"),
        ({"CI_API_V4_URL": "ftp://git.corp.example"}, "not the address"),
        ({"CI_API_V4_URL": "https://user:pass@git.corp.example"}, "holds a user or a password"),
        ({"CI_MERGE_REQUEST_PROJECT_PATH": "a\nb"}, "not usable"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(changed, words):
    """What cannot be an id, an address or a name is refused, and the value is not shown where it may be a secret."""
    with pytest.raises(UsageError, match=words) as caught:
        started(GITLAB | changed, None)
    assert "pass" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"NaN",
        event(pull_request={"number": "12"}),
        event(pull_request={"number": 12, "head": {"sha": "--x"}}),
    ],
)
def test_an_event_that_is_none(body):
    """An event that cannot be read is an error, not a run without a pull request."""
    with pytest.raises(UsageError, match="GITHUB_EVENT_PATH"):
        started(GITHUB, body)


def test_a_source_branch_of_ones_own():
    """Azure DevOps has no other ref of a request with conflicts."""
    found = started(OWN | {"REVIEWBOT_FORGE": "azure", "REVIEWBOT_SOURCE_BRANCH": "topic"}, None)
    assert found.head_refs == ("refs/heads/topic", "refs/pull/12/merge")


def test_own_variables_need_each_other():
    """One that is missing is named; a kind that there is not is refused."""
    with pytest.raises(UsageError, match="REVIEWBOT_FORGE_REMOTE"):
        started({name: value for name, value in OWN.items() if name != "REVIEWBOT_FORGE_REMOTE"}, None)
    with pytest.raises(UsageError, match=re.escape("it is one of gitlab, github, azure")):
        started(OWN | {"REVIEWBOT_FORGE": "gitea"}, None)


def test_which_ci():
    """Each CI is told by the variable that it documents."""
    assert [ci(GITLAB), ci(GITHUB), ci(AZURE), ci({})] == [Ci.GITLAB, Ci.GITHUB, Ci.AZURE, None]
