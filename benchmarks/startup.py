"""`reviewbot --help` against `python -c pass`: CPU seconds, medians of runs in turn."""

from pathlib import Path

from measure import PYTHON, median, paired

LIMIT = 0.15


def main():
    """Measure, print, and give the rows of the table."""
    script = str(Path(PYTHON).with_name("reviewbot"))
    ours, floor = paired([script, "--help"], [PYTHON, "-c", "pass"], rounds=15)
    more = median(ours, "cpu") - median(floor, "cpu")
    return [
        ("`reviewbot --help`, CPU over `python -c pass`", f"{more:.3f} s", f"<= {LIMIT} s", more <= LIMIT)
    ]


if __name__ == "__main__":
    print(main())
