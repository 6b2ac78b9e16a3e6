# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of modules share: run one as a task would, and ask the engine what it holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from searches import Searches

LAB = Path(__file__).with_name("lab") / "lab.py"


@pytest.fixture
def run(host):
    """Run a module of the collection on the host; a failure is a result like any other, with a ``msg``."""

    def run(module, check=False, **options):
        try:
            return host.ansible(f"flotilla.swarm.{module}", json.dumps(options) if options else None, check=check)
        except host.ansible.AnsibleException as exc:
            return exc.result

    return run


@pytest.fixture
def change(run):
    """Run a module that changes something, with all that must be true of it; return what the engine then holds.

    A check run says that it would change something and leaves the engine alone, the real run changes it,
    and after it neither kind of run changes anything.
    """

    def change(module, ask, **options):
        before = ask()
        assert succeeded(run(module, check=True, **options))["changed"]
        assert ask() == before
        assert succeeded(run(module, **options))["changed"]
        after = ask()
        assert after != before
        assert not succeeded(run(module, check=True, **options))["changed"]
        assert not succeeded(run(module, **options))["changed"]
        assert ask() == after
        return after

    return change


@pytest.fixture
def refuse(run):
    """Run a module that must fail, in check mode as well, and leave the engine as it is; return the message."""

    def refuse(module, reason, ask, **options):
        before = ask()
        messages = set()
        for check in (True, False):
            result = run(module, check=check, **options)
            assert result["failure"]["reason"] == reason, result
            messages.add(result["msg"])
        assert ask() == before
        assert len(messages) == 1, messages
        return messages.pop()

    return refuse


@pytest.fixture
def docker(host):
    """What the host's docker command prints, read as JSON where it is."""

    def docker(*words):
        text = host.check_output("docker " + " ".join("%s" for _word in words), *words)
        try:
            return json.loads(text)
        except ValueError:
            return text

    return docker


@pytest.fixture
def until():
    """Wait until something is so: at most a minute."""

    def until(true):
        deadline = time.monotonic() + 60
        while not true():
            assert time.monotonic() < deadline
            time.sleep(0.5)

    return until


@pytest.fixture
def power():
    """Stop or start a machine."""

    def power(command, name):
        subprocess.run([sys.executable, LAB, command, name, "--name", os.environ["LAB_NAME"]], check=True)

    return power


@pytest.fixture
def search(tmp_path):
    """Begin searches: ``search(on, *words)``. They end with the test at the latest."""
    begun = []

    def search(on, *words, **more):
        begun.append(Searches(on, tmp_path, *words, **more))
        return begun[-1]

    yield search
    for one in begun:
        one.stop()


def succeeded(result):
    """The result of a run that did not fail: only then it has no ``msg``."""
    assert "msg" not in result, result["msg"]
    return result
