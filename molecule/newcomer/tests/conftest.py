# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as a user has it: built and installed into a directory of its own, without a configuration file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import testinfra

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def on():
    """A machine by name."""
    return lambda name: testinfra.get_host(f"ansible://{name}")


def environment(**more):
    """The environment without what Molecule tells Ansible."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}, **more}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Where the collection is installed."""
    sys.path.insert(0, str(ROOT / "tests" / "checks"))
    from build import install

    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def playbook(installed):
    """Run ``ansible-playbook`` with these words in the directory of the inventory; return status and output."""

    def playbook(*words):
        env = environment(ANSIBLE_COLLECTIONS_PATH=str(installed), ANSIBLE_NOCOLOR="1")
        ended = subprocess.run(
            ["ansible-playbook", *words],
            cwd=installed,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr

    return playbook
