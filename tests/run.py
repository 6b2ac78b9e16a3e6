# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks and tests of the collection, and count them.

    tests/run.py                                 every part, fast ones first
    tests/run.py lint unit                       these parts
    tests/run.py molecule --scenario cluster     one scenario
    tests/run.py molecule --jobs 1               one scenario after the other
    tests/run.py mesh                            the scenario that takes a kernel with IPVS and ESP

The last line is "N passed, N failed". A check counts one, or as many as the tests it reports.
Two checks run at the same time, and after them two scenarios, each on machines of its own. Scenario mesh
has this machine for itself, as its machines may be emulated: then in a virtual machine, which is stopped afterwards.
It is left out, and named, where the parts before it have taken so long that it would not end in time.
"""

from __future__ import annotations

import argparse
import os
import queue
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(".github/workflows/*.yml"))
CHECKS = {
    "lint": [
        "ruff format --check .",
        "ruff check .",
        "yamllint --strict .",
        "ansible-lint --offline",
        "antsibull-changelog lint",
        "python tests/checks/names.py",
        "reuse lint --quiet",
        f"check-jsonschema --builtin-schema vendor.github-workflows {' '.join(WORKFLOWS)}",
    ],
    "size": ["python tests/checks/size.py"],
    "unit": ["pytest -q"],
    "docs": ["python tests/checks/examples.py", "python tests/checks/site.py"],
    "build": [
        "python tests/checks/plugins.py",
        "python tests/checks/build.py",
        "python tests/checks/ee.py",
        "python tests/checks/importer.py",
    ],
    "sanity": ["python tests/checks/sanity.py"],
    "golden": ["pytest -q tests/golden"],
    "versions": ["python tests/checks/versions.py"],
}
# A scenario that takes another kernel than most machines of tests have, which lab.py finds or emulates.
MESH = "mesh"
LAST_CHECKS = {MESH: [f"python molecule/lab/lab.py vm -- molecule test --scenario-name {MESH}"]}
PARTS = [*CHECKS, "molecule", *LAST_CHECKS]
# By emulation it takes twelve minutes, and a run of all parts has ninety.
LATEST_MESH = 70 * 60  # seconds
# The first makes the images that all need; the last takes the machine for itself.
FIRST, LAST = "lab_smoke", "storm"
# Those that take six minutes begin early, so that none of them is left alone at the end.
LONG = ("awx", "reuse", "secrets", "network", "images", "stack", "rollout", "registry", "firewall", "load_balancer")


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


def scenarios(chosen: str | None) -> list[list[str]]:
    """Return the names of scenarios in groups; those of one group may run at the same time."""
    if chosen:
        return [[chosen]]
    found = {path.parent.name for path in ROOT.glob("molecule/*/molecule.yml")} - {"default", FIRST, LAST, MESH}
    return [[FIRST], sorted(found, key=lambda name: (name not in LONG, name)), [LAST]]


def tests_in(report: Path) -> Score:
    """Count the tests in a JUnit XML report that pytest wrote; none if it wrote none."""
    score = Score()
    if report.exists():
        for suite in ElementTree.parse(report).iter("testsuite"):
            bad = int(suite.get("failures")) + int(suite.get("errors"))
            skipped = int(suite.get("skipped"))
            score += Score(int(suite.get("tests")) - bad - skipped, bad)
    return score


def run(command: str, more: dict | None = None, quiet: bool = False) -> Score:
    """Run one check and return its score. Its output is shown at once, or at its end where ``quiet``.

    ``more`` are variables for its environment.
    """
    if not quiet:
        print(f"\n=== {command}", flush=True)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="flotilla-test-") as top:
        report, output = Path(top, "report.xml"), Path(top, "output")
        # With colours, Molecule also folds what Ansible prints into a box.
        env = {
            **os.environ,
            "NO_COLOR": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTEST_ADDOPTS": f"{os.environ.get('PYTEST_ADDOPTS', '')} --junit-xml={report}",
            **(more or {}),
        }
        words = shlex.split(command)
        with output.open("w") as file:
            shown = {"stdout": file, "stderr": file} if quiet else {}
            process = subprocess.run(words, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False, **shown)
        score = tests_in(report)
        if quiet:
            print(f"\n=== {command}\n{output.read_text()}", flush=True)
    if process.returncode and not score.failed:
        score.failed = 1
    elif not process.returncode and not score.passed:
        score.passed = 1
    score.seconds = time.monotonic() - start
    print(f"=== {score} in {score.seconds:.0f} s: {command}", flush=True)
    return score


def run_checks(parts: list[str], jobs: int) -> dict[str, dict[str, Score]]:
    """Run the checks of parts, ``jobs`` at a time, in their order; return scores by command, by part."""
    commands = {command: part for part in parts for command in CHECKS[part]}
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        scores = list(pool.map(lambda command: run(command, quiet=jobs > 1 and len(commands) > 1), commands))
    done: dict[str, dict[str, Score]] = {part: {} for part in parts}
    for (command, part), score in zip(commands.items(), scores):
        done[part][command] = score
    return done


def run_scenarios(names: list[str], jobs: int) -> dict[str, Score]:
    """Run Molecule scenarios, ``jobs`` at a time, each of these on machines of its own; return scores by command."""
    if len(names) == 1:
        command = f"molecule test --scenario-name {shlex.quote(names[0])}"
        return {command: run(command)}
    free: queue.Queue = queue.Queue()
    for number in range(1, jobs + 1):
        free.put(number)

    def one(name):
        number, command = free.get(), f"molecule test --scenario-name {shlex.quote(name)}"
        with tempfile.TemporaryDirectory(prefix="flotilla-molecule-") as state:
            more = {"LAB_NAME": f"test{number}", "MOLECULE_EPHEMERAL_DIRECTORY": state}
            score = run(command, more if jobs > 1 else None, quiet=jobs > 1)
        free.put(number)
        return command, score

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return dict(done.result() for done in as_completed([pool.submit(one, name) for name in names]))


def arguments() -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--scenario", help="the only Molecule scenario to run")
    parser.add_argument("--jobs", type=int, default=2, help="checks, and Molecule scenarios, to run at the same time")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return options


def main() -> int:
    """Return 0 if something ran and nothing failed."""
    options, began = arguments(), time.monotonic()
    scores, failures, skipped = {}, [], ""
    parts = options.parts or PARTS
    checked = run_checks([part for part in parts if part in CHECKS], options.jobs)
    for part in parts:
        if part == "molecule" and failures:
            skipped = "no scenario ran, because a faster part failed"
            break
        start, done = time.monotonic(), {}
        if part == MESH and start - began > LATEST_MESH:
            skipped = f"mesh did not run, as {(start - began) / 60:.0f} minutes had passed; make mesh runs it"
            break
        if part == "molecule":
            for names in scenarios(options.scenario):
                done.update(run_scenarios(names, options.jobs))
        else:
            done = checked.get(part) or {command: run(command) for command in LAST_CHECKS[part]}
        failures += [command for command, score in done.items() if score.failed]
        scores[part] = sum(done.values(), Score())
        if part not in checked:
            scores[part].seconds = time.monotonic() - start
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
