# SPDX-License-Identifier: GPL-3.0-or-later
"""The value of a secret is searched for in all that a run prints, writes and starts. A config is found by the same
searches, so that they are known to find something."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from plays import play

testinfra_hosts = ["ansible://node1"]

HERE = Path(__file__).resolve().parent
CANARY = {"FIRST": "first-canary-Zm9vYg", "SECOND": "second-canary-aHVzaA", "CONTROL": "control-canary-b3Blbg"}
# What a service does with its secret in the worst case.
SPY = "cat /run/secrets/spied; grep -q first /run/secrets/spied && sleep 1000; exit 1"
REMOTE = "/tmp /var/tmp /dev/shm /root/.ansible /run/user"


def texts(*names):
    """The values, and their base64 wherever it begins and ends."""
    found = []
    for name in names:
        encoded = [base64.b64encode(b"x" * shift + CANARY[name].encode()).decode() for shift in range(3)]
        found += [CANARY[name], *(text[4:-4] for text in encoded)]
    return found


@pytest.fixture
def debug(host):
    """An engine that logs the requests that it gets."""
    host.check_output("mkdir -p /etc/docker && echo '{\"debug\": true}' > /etc/docker/daemon.json")
    host.check_output("systemctl reload docker")
    yield
    host.check_output("echo '{}' > /etc/docker/daemon.json && systemctl reload docker && rm /etc/docker/daemon.json")


@pytest.fixture
def searched(host, tmp_path):
    """Searches on both sides while the test runs; afterwards what each has found, as ``{text: places}``."""
    wanted, found = tmp_path / "texts", tmp_path / "found"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    wanted.write_text("\n".join(texts(*CANARY)), encoding="utf-8")
    host.check_output("printf %%s %s > /root/search.py", (HERE / "search.py").read_text(encoding="utf-8"))
    host.check_output("rm -f /root/found && printf %%s %s > /root/texts", wanted.read_text(encoding="utf-8"))
    host.check_output(f"systemd-run --unit=search python3 /root/search.py /root/texts /root/found {REMOTE}")
    local = subprocess.Popen([sys.executable, HERE / "search.py", wanted, found, temporary])

    def searched():
        wanted.unlink()
        host.check_output("rm /root/texts; while systemctl is-active --quiet search; do sleep 0.1; done")
        local.wait()
        return [places(text) for text in (host.check_output("cat /root/found"), found.read_text(encoding="utf-8"))]

    searched.environment = {
        **{f"CANARY_{name}": value for name, value in CANARY.items()},
        "ANSIBLE_LOCAL_TEMP": str(temporary),
        "TMPDIR": str(temporary),
        # Without this no module but secret itself is kept from going through files.
        "ANSIBLE_PIPELINING": "false",
    }
    yield searched
    wanted.unlink(missing_ok=True)
    host.run("rm -f /root/texts")
    local.wait()


def places(text):
    """What a search has found."""
    found: dict = {}
    for line in text.splitlines():
        what, _tab, place = line.partition("\t")
        found.setdefault(what, []).append(place)
    return found


@pytest.mark.parametrize("options", [(), ("--check",)], ids=["run", "check"])
def test_a_value_is_nowhere(options, debug, searched, make, service, host, docker):
    make("secret", name="spied", rolling_versions=True, data="first value")
    service("spy", ["spied_v1:spied"], (), SPY, "--restart-delay", "1s")
    since = host.check_output("date '+%Y-%m-%d %H:%M:%S'")
    groups = {"attempting": ["node1"]}
    outcome = play(HERE.parent / "canary.yml", groups, "-vvvv", "--diff", *options, environment=searched.environment)
    assert outcome.status == 0, outcome.printed
    remote, local = searched()
    journal = host.check_output("journalctl --no-pager --output=cat --since %s", since)
    secret, control = texts("FIRST", "SECOND"), CANARY["CONTROL"]
    assert [text for text in secret if text in outcome.printed] == []
    assert {text: remote[text] for text in secret if text in remote} == {}
    assert {text: local[text] for text in secret if text in local} == {}
    assert [text for text in secret if text in journal] == []
    # Whatever is not declared secret is found in each of these places.
    assert control in outcome.printed
    assert control in journal
    assert any(place.startswith("/root/.ansible/") for place in remote[control])
    assert any(place.startswith("/proc/") for place in remote[control]) or options
    assert local[control]
    if not options:
        assert "POST /v1.41/secrets/create" in journal or "/secrets/create" in journal
        assert {"plain", "spied_v2"} <= {raw["name"] for raw in make("secret_info")["secrets"]}


@pytest.mark.parametrize("environment", [{"ANSIBLE_KEEP_REMOTE_FILES": "true"}, {}], ids=["kept files", "su"])
def test_data_that_would_go_through_a_file_is_not_sent(environment, searched, host, objects):
    become = () if environment else ("--become", "--become-method", "su")
    groups = {"attempting": ["node1"]}
    variables = {**searched.environment, **environment}
    outcome = play(HERE.parent / "canary.yml", groups, "-vvvv", *become, environment=variables)
    assert "reason: no_pipelining" in outcome.printed
    remote, local = searched()
    secret = texts("FIRST", "SECOND")
    assert {text: remote[text] for text in secret if text in remote} == {}
    assert {text: local[text] for text in secret if text in local} == {}
    assert objects() == {}
    host.run("rm -rf /root/.ansible/tmp")
