"""Probes LocalStack; see the package's docstring."""

import argparse
import sys

from conformance import page, run


def main() -> int:
    """Returns 1 when something is worse than the baseline and the baseline is not written."""
    parser = argparse.ArgumentParser(description="Probes LocalStack and compares the answers with the baseline.")
    parser.add_argument("--write", action="store_true", help="write the baseline and docs/conformance.md")
    found = run.find()
    before = run.read() if run.BASELINE.exists() else found
    worse, better = run.worse(before, found), run.better(before, found)
    print(*(f"worse: {line}" for line in worse), *(f"better: {line}" for line in better), sep="\n")
    if not parser.parse_args().write:
        return int(bool(worse))
    run.write(found)
    page.PAGE.write_text(page.with_tables(page.PAGE.read_text(), found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
