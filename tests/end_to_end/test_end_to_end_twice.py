"""The same change gives the same review, byte for byte where nothing is about the run itself."""

import json

FLAWS = 'import subprocess\n\nTOKEN = "{token}"\n\n\ndef f(name):\n    subprocess.run("ls " + name, shell=True)\n    eval(name)\n'


def reports(folder):
    """Each report without what it says of this run alone: id and time."""
    review = json.loads((folder / "review.json").read_text())
    run = review.pop("this_run")["run"]
    sarif = json.loads((folder / "r.sarif").read_text())
    sarif["runs"][0]["properties"].pop("this_run")
    markdown = "\n".join(line for line in (folder / "r.md").read_text().split("\n") if run not in line)
    whole = {"json": json.dumps(review), "sarif": json.dumps(sarif), "markdown": markdown}
    assert not [text for text in whole.values() if run in text]
    return whole


def test_two_runs_are_the_same(repo, run, tmp_path):
    """Cold and warm cache give identical findings, coverage and verdict in every format."""
    token = "glpat" + "-" + "Zx7Tq2Lw9Rk4Vb8Nc3Yd"
    repo.write(
        a_dot_py=FLAWS.format(token=token),
        b_dot_py="x = 1\n",
        Dockerfile="FROM x\nRUN curl https://x.example | sh\n",
    )
    repo.commit()
    outputs = ("--output", f"sarif={tmp_path}/r.sarif", "--output", f"markdown={tmp_path}/r.md")
    first = run("--no-model", *outputs)
    before = reports(tmp_path)
    second = run("--no-model", *outputs)
    after = reports(tmp_path)
    assert (first.code, second.code) == (10, 10)
    assert len(json.loads(before["json"])["findings"]) >= 4
    assert before == after


def test_the_order_of_cores_and_caches_does_not_matter(repo, run, tmp_path):
    """A review with half of its files cached equals one made afresh."""
    repo.write(a_dot_py=FLAWS.format(token="x"))
    repo.commit()
    run("--no-model")
    repo.write(b_dot_py=FLAWS.format(token="x"))
    repo.commit()
    outputs = ("--output", f"sarif={tmp_path}/r.sarif", "--output", f"markdown={tmp_path}/r.md")
    run("--no-model", *outputs)
    half = reports(tmp_path)
    (repo.path / ".git/reviewbot/cache.sqlite").unlink()
    run("--no-model", *outputs)
    assert reports(tmp_path) == half
