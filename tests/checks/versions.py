# SPDX-License-Identifier: GPL-3.0-or-later
"""Try the collection with each ansible-core, Python and docker SDK that it supports.

    versions.py                    unit tests only, and whether docs/versions.md is about the versions of now
    versions.py --full             also sanity tests, every module on every Python, and site on machines of the lab;
                                   docs/versions.md says afterwards what was run
    versions.py --full docker      the same for these: ansible-core, ansible-core-2.20.10, python-3.9, docker, engine

What has no Python on this machine is left out, and named.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import version_pins as pins
import version_runs as runs
import version_table as table
import yaml
from sources import ROOT, sources
from version_places import environment, interpreters

TESTS = ("pytest", "hypothesis", "requests", "cryptography")
TODAY = datetime.now(timezone.utc).date().isoformat()
DEFAULT_RELEASES = "trixie,bookworm"
# One only makes the machines of the others, and one is run by make mesh.
NOT_IN_MOLECULE = ("default", "mesh")


class Row(NamedTuple):
    """A version of something, and what is run with it, column by column."""

    kind: str
    version: str
    python: str
    cells: tuple[Callable[[], str], ...]

    @property
    def title(self) -> str:
        return f"{self.kind} {self.version}"


def python_of(pin: pins.Pin) -> str:
    """Return the first Python of a pin that this machine has, or nothing."""
    return next((name for name in pin.pythons if name in interpreters()), "")


def core(pin: pins.Pin) -> Path:
    """Return the programs of this ansible-core."""
    packages = (f"ansible-core=={pin.version}", "docker", "jmespath", *TESTS)
    return environment(f"ansible-core-{pin.version}", python_of(pin), packages, pin.needs)


def core_row(pin: pins.Pin, full: bool) -> Row:
    """Return what is run with an ansible-core."""
    title, pythons = f"ansible-core {pin.version}", [name for name in pins.PYTHONS if name in interpreters()]
    cells = [lambda: runs.unit_tests(core(pin), title)]
    if full:
        cells += [
            lambda: runs.sanity(core(pin), title),
            lambda: runs.modules_on_nodes(core(pin), title, pythons),
            lambda: runs.site(core(pin), title),
        ]
    return Row("ansible-core", pin.version, python_of(pin), tuple(cells))


def node_row(python: str) -> Row:
    """Return what is run with a Python of managed nodes."""

    def cell(pin):
        bin_directory = environment(f"python-{python}", python, ("docker", "jmespath", "PyYAML", *TESTS), ())
        return runs.unit_tests_of_nodes(bin_directory, core(pin), f"Python {python}, ansible-core {pin.version}")

    usable = [pin for pin in pins.CORES if python_of(pin)]
    cells = tuple(partial(cell, pin) for pin in (usable[0], usable[-1]))
    return Row("python", python, python if python in interpreters() else "", cells)


def sdk_row(pin: pins.Pin) -> Row:
    """Return what is run with a docker SDK."""

    def cell():
        core_bin = core(next(one for one in pins.CORES if python_of(one)))
        packages = (f"docker=={pin.version}", *TESTS)
        bin_directory = environment(f"docker-{pin.version}", python_of(pin), packages, pin.needs)
        return runs.unit_tests_of_nodes(bin_directory, core_bin, f"docker {pin.version}", runs.CLIENT)

    return Row("docker", pin.version, python_of(pin), (cell,))


def quick_rows() -> list[Row]:
    """Return what `make test` runs: the unit tests with what `make unit` does not have."""
    import ansible.release

    here = ansible.release.__version__
    cores = [core_row(pin, full=False) for pin in pins.CORES if pin.version != here]
    oldest = node_row(pins.PYTHONS[0])
    return [*cores, oldest._replace(cells=oldest.cells[-1:]), *map(sdk_row, pins.SDKS)]


def full_rows(names: list[str]) -> list[Row]:
    """Return all there is to run, or what is named."""
    rows = [core_row(pin, full=True) for pin in pins.CORES]
    rows += [node_row(python) for python in pins.PYTHONS]
    rows += map(sdk_row, pins.SDKS)
    return [row for row in rows if not names or {row.kind, f"{row.kind}-{row.version}"} & set(names)]


def run(row: Row) -> tuple[str, ...]:
    """Return how each run of a row has ended, and say it. A cell that failed begins with FAILED."""
    if not row.python:
        skipped = "skipped: no Python for it on this machine"
        print(f"{row.title}: {skipped}", flush=True)
        return (skipped,) * len(row.cells)
    ended = []
    for cell in row.cells:
        try:
            ended.append(cell())
        except (runs.Failure, subprocess.CalledProcessError) as failure:
            ended.append(f"FAILED: {failure}")
    print(f"{row.title}: {'; '.join(ended)}", flush=True)
    return tuple(ended)


def write(row: Row, ended: tuple[str, ...]) -> None:
    """Put a row into the document."""
    python = () if row.kind == "python" else (row.python or "-",)
    table.update(row.kind, expected()[row.kind], {row.version: (row.version, *python, *ended, TODAY)})


def expected() -> dict[str, tuple[str, ...]]:
    """Return the versions that the tables have."""
    return {
        "ansible-core": tuple(pin.version for pin in pins.CORES),
        "python": pins.PYTHONS,
        "docker": tuple(pin.version for pin in pins.SDKS),
    }


@cache
def scenarios() -> dict[str, list[str]]:
    """Return the names of the scenarios of `make molecule` on whose machines each release of Debian runs."""
    found: dict[str, list[str]] = {}
    for path in sources(":(glob)molecule/*/molecule.yml"):
        if path.parent.name in NOT_IN_MOLECULE:
            continue
        scenario = yaml.safe_load((ROOT / path).read_text(encoding="utf-8")) or {}
        words = scenario.get("ansible", {}).get("env", {}).get("LAB_SHAPE", "").split()
        releases = words[words.index("--releases") + 1] if "--releases" in words else DEFAULT_RELEASES
        for release in releases.split(","):
            found.setdefault(release, []).append(path.parent.name)
    return found


def engine_row(release: str, version: str) -> tuple[str, ...]:
    """Return the row of an Engine."""
    names = scenarios()[release]
    told = ", ".join(names) if len(names) < 4 else f"{len(names)} scenarios of `make molecule`"
    return (version, release, f"site (above), {told}")


def full(names: list[str]) -> int:
    """Run all, one row after the other, and write how it ended; return how many rows have failed."""
    failed, rows = 0, full_rows(names)
    engines = {}
    if any(row.kind == "ansible-core" for row in rows) or "engine" in names:
        engines = runs.lab_up()
        by_age = sorted(engines, key=lambda release: [int(part) for part in engines[release].split(".")])
        found = {engines[release]: engine_row(release, engines[release]) for release in by_age}
        table.update("engine", tuple(found), found)
    try:
        for row in rows:
            ended = run(row)
            write(row, ended)
            failed += any(cell.startswith("FAILED") for cell in ended)
    finally:
        if engines:
            runs.lab("down", "--name", runs.LAB)
    return failed


def quick() -> int:
    """Run the unit tests, two at a time; return how many rows have failed."""
    rows = quick_rows()
    with ThreadPoolExecutor(max_workers=2) as pool:
        ended = list(pool.map(run, rows))
    return sum(any(cell.startswith("FAILED") for cell in cells) for cells in ended)


def main() -> int:
    """Return 0 if nothing failed and the document is about these versions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="also what takes long; write docs/versions.md")
    parser.add_argument("names", nargs="*", help="with --full: the rows to run")
    options = parser.parse_args()
    if options.names and not options.full:
        parser.error("rows are named with --full only")
    failed = full(options.names) if options.full else quick()
    found = [*pins.problems(), *table.problems(expected())]
    print("\n".join([*found, f"{failed} versions failed"]))
    return 1 if failed or found else 0


if __name__ == "__main__":
    sys.exit(main())
