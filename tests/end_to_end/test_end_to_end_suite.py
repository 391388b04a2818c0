"""The repository's own tests in a review: what is told of a run that names no test."""

import json

POLICY = "version: 1\nscanners: {secrets: {}}\ntests: {allow: true}\n"
PRINTING = """version: 1
tests:
  command: [python3, -c, "import sys; sys.exit('cannot log in with ghp_' + 'a1B2c3D4e5' * 3 + 'f6G7h8')"]
"""


def test_the_last_words_of_tests_are_told_and_masked(repo, run, tmp_path):
    """Whoever set the command up sees why it ended; a secret that stands in no file is masked all the same."""
    policy = tmp_path / "policy.yml"
    policy.write_text(POLICY)
    repo.git("checkout", "--quiet", "main")
    repo.put(".reviewbot.yml", PRINTING)
    repo.commit()
    repo.git("checkout", "--quiet", "-B", "topic")
    repo.put("a.py", "x = 1\n")
    repo.commit()

    ran = run("--base", "main", "--policy", policy)

    said = "the tests ended with exit code 1; last they printed: cannot log in with [secret:github-token:1]"
    assert said in ran.review["notes"]
    assert 3 * "a1B2c3D4e5" not in json.dumps(ran.review) + ran.out
    assert ran.code == 0
