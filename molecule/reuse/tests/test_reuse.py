# SPDX-License-Identifier: GPL-3.0-or-later
"""A project that was copied from examples/role-scenario runs its scenarios, outside of this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "role-scenario"
LAB = ROOT / "molecule" / "lab" / "lab.py"
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
OWN = ["shop"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The copy: a git repository, as Molecule looks for a project's configuration in one."""
    copy = tmp_path_factory.mktemp("projects") / "shop"
    shutil.copytree(EXAMPLE, copy)
    subprocess.run(["git", "init", "--quiet", copy], check=True)
    return copy


@pytest.fixture(scope="module")
def collections(tmp_path_factory):
    """Where the collection is installed, as it is built from this checkout."""
    sys.path.insert(0, str(ROOT / "tests" / "checks"))
    from build import install

    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def run(project, collections):
    """Run Molecule in the project, with nothing of the run that this test is part of; return what it printed."""
    ours = ("MOLECULE_", "ANSIBLE_", "LAB_SHAPE", "PYTEST_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # With colours, Molecule prints other words.
    environment |= {"ANSIBLE_COLLECTIONS_PATH": str(collections), "FLOTILLA_CHECKOUT": str(ROOT), "NO_COLOR": "1"}

    def run(*words, **more):
        done = subprocess.run(
            ["molecule", *words],
            cwd=project,
            env={**environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


def lab(*words):
    """Return what lab.py prints."""
    return subprocess.run([sys.executable, LAB, *words], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def once(tmp_path):
    """A configuration that leaves the second converge out, which takes a minute for all: roles have scenarios here."""
    config = tmp_path / "once.yml"
    config.write_text("scenario: {test_sequence: [create, cleanup, prepare, converge, verify, destroy]}")
    return str(config)


@pytest.fixture
def machines(tmp_path):
    """An inventory of machines that Molecule knows nothing of."""
    inventory, name = tmp_path / "machines.yml", os.environ["LAB_NAME"]
    lab("up", "--name", name, "--nodes", "3", "--inventory", str(inventory))
    yield inventory
    lab("down", "--name", name)


def test_every_role_has_a_scenario():
    assert {path.parent.name for path in EXAMPLE.glob("molecule/*/molecule.yml")} == {"default", *ROLES, *OWN}


def test_all_scenarios_pass(run, once):
    printed = run("--base-config", ".config/molecule/config.yml", "--base-config", once, "test", "--all")
    for name in (*ROLES, *OWN):
        for step in ("converge", "verify"):
            assert f"{name} > {step}: Executed: Successful" in printed
    assert len(re.findall(r"=+ \d+ passed in ", printed)) == len(ROLES) + len(OWN)
    labs = {line.split()[0] for line in lab("status").splitlines()}
    assert os.environ["LAB_NAME"] not in labs


def test_a_scenario_passes_on_machines_of_ones_own(run, machines):
    printed = run("--base-config", ".config/molecule/machines.yml", "test", "-s", "cluster", MACHINES=str(machines))
    for step in ("converge", "idempotence", "verify"):
        assert f"cluster > {step}: Executed: Successful" in printed
