# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks and tests of the collection, and count them.

    tests/run.py                                 every part, fast ones first
    tests/run.py lint unit                       these parts
    tests/run.py molecule --scenario cluster     one scenario

The last line is "N passed, N failed". A check counts one, or as many as the tests it reports.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
CHECKS = {
    "lint": [
        "ruff format --check .",
        "ruff check .",
        "yamllint --strict .",
        "ansible-lint --offline",
        "antsibull-changelog lint",
        "python tests/checks/names.py",
    ],
    "size": ["python tests/checks/size.py"],
    "unit": ["pytest -q"],
    "build": ["python tests/checks/plugins.py", "python tests/checks/build.py"],
    "sanity": ["python tests/checks/sanity.py"],
}
PARTS = [*CHECKS, "molecule"]


@dataclass
class Score:
    """How many checks and tests passed and failed, and how many seconds they took."""

    passed: int = 0
    failed: int = 0
    seconds: float = 0.0

    def __add__(self, other: Score) -> Score:
        return Score(self.passed + other.passed, self.failed + other.failed, self.seconds + other.seconds)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


def checks(part: str, scenario: str | None) -> list[str]:
    """Return the commands of a part; `scenario` limits Molecule to one."""
    if part != "molecule":
        return CHECKS[part]
    found = sorted(path.parent.name for path in ROOT.glob("molecule/*/molecule.yml"))
    names = [scenario] if scenario else [name for name in found if name != "default"]
    return [f"molecule test --scenario-name {shlex.quote(name)}" for name in names]


def tests_in(report: Path) -> Score:
    """Count the tests in a JUnit XML report that pytest wrote; none if it wrote none."""
    score = Score()
    if report.exists():
        for suite in ElementTree.parse(report).iter("testsuite"):
            bad = int(suite.get("failures")) + int(suite.get("errors"))
            skipped = int(suite.get("skipped"))
            score += Score(int(suite.get("tests")) - bad - skipped, bad)
    return score


def run(command: str) -> Score:
    """Run one check with its output shown; return its score."""
    print(f"\n=== {command}", flush=True)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="flotilla-test-") as top:
        report = Path(top, "report.xml")
        # With colours, Molecule also folds what Ansible prints into a box.
        env = {
            **os.environ,
            "NO_COLOR": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTEST_ADDOPTS": f"{os.environ.get('PYTEST_ADDOPTS', '')} --junit-xml={report}",
        }
        words = shlex.split(command)
        process = subprocess.run(words, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
        score = tests_in(report)
    if process.returncode and not score.failed:
        score.failed = 1
    elif not process.returncode and not score.passed:
        score.passed = 1
    score.seconds = time.monotonic() - start
    print(f"=== {score} in {score.seconds:.0f} s: {command}", flush=True)
    return score


def arguments() -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--scenario", help="the only Molecule scenario to run")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return options


def main() -> int:
    """Return 0 if something ran and nothing failed."""
    options = arguments()
    scores, failures, skipped = {}, [], ""
    for part in options.parts or PARTS:
        if part == "molecule" and failures:
            skipped = "molecule did not run, because a faster part failed"
            break
        scores[part] = Score()
        for command in checks(part, options.scenario):
            score = run(command)
            scores[part] += score
            if score.failed:
                failures.append(command)
    print()
    for part, score in scores.items():
        print(f"{part:10}{score.seconds:6.0f} s   {score}")
    for command in failures:
        print(f"failed: {command}")
    if skipped:
        print(skipped)
    total = sum(scores.values(), Score())
    print(total)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
