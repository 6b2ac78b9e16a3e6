# SPDX-License-Identifier: GPL-3.0-or-later
"""AWX with this repository as its project, and what the machines hold."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from awx.tests.controller import Controller
from awx.tests.machines import Swarm, address


@pytest.fixture(scope="session")
def inventory():
    """The inventory of the scenario, as AWX has it in its database."""
    listed = subprocess.run(["ansible-inventory", "--list"], check=True, capture_output=True, text=True).stdout
    return json.loads(listed)


@pytest.fixture(scope="session")
def awx(tmp_path_factory, inventory):
    """AWX with what people have entered, and the jobs that it has run."""
    authority = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "registry-ca.crt")
    inputs = {
        "registry": {
            "registry": f"{address('node5')}:5000",
            "username": "deployer",
            "password": inventory["_meta"]["hostvars"]["node5"]["registry_password"],
            "ca_cert": authority.read_text(encoding="utf-8"),
        },
        "unlock_key": {"unlock_key": "SWMKEY-1-canary-of-the-key-bG9ja2Vk"},
        "backup_target": {
            "url": "s3://backups",
            "access_key": "robot",
            "secret_key": "canary-of-the-target-YmFja3Vw",
            "passphrase": "canary-of-the-phrase-cGhyYXNl",
        },
    }
    return Controller(tmp_path_factory.mktemp("awx"), inventory, inputs)


@pytest.fixture
def swarm():
    """What the first manager holds."""
    return Swarm()
