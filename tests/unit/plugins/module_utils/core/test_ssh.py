# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way over the ssh program, with programs in its place that do what it did."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import Client
from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import InvalidOption, Unreachable
from ansible_collections.flotilla.swarm.plugins.module_utils.core.ssh import ssh_command

ANSWERS = """#!/bin/sh
while read -r line; do
  case "$line" in
    *_ping*) body=OK type=text/plain ;;
    GET*) body='{"Name": "there"}' type=application/json ;;
  esac
  test "$line" = "$(printf '\\r')" || continue
  printf 'HTTP/1.1 200 OK\\r\\nApi-Version: 1.45\\r\\nContent-Type: %s\\r\\nContent-Length: %s\\r\\n\\r\\n%s' \
    "$type" "${#body}" "$body"
done
"""


@pytest.fixture
def over(tmp_path, monkeypatch):
    """A client whose ssh is this program."""

    def over(program, **params):
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        path = tmp_path / "ssh"
        path.write_text(program, encoding="ascii")
        path.chmod(0o755)
        params = {"docker_host": "ssh://me:s3cret@there.example:2222", "use_ssh_client": True, **params}
        return Client(params, sleep=lambda seconds: None)

    return over


def test_the_engine_answers(over):
    client = over(ANSWERS)
    assert client.get("/info") == {"Name": "there"}
    assert client.api_version == "1.45"
    assert not client.local


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("me@there.example: Permission denied (publickey).", "ssh is not let in; check the user"),
        ("Host key verification failed.", "ssh does not know its host key"),
        ("ssh: Could not resolve hostname there.example: Name or service not known", "its name does not resolve"),
        ("ssh: connect to host there.example port 2222: Connection refused", "nothing listens at its address"),
        ("bash: line 1: docker: command not found", "bash: line 1: docker: command not found"),
    ],
)
def test_what_ssh_says_is_told_without_the_address(over, said, sentence):
    client = over(f"#!/bin/sh\necho '{said}' >&2\nexit 255\n")
    with pytest.raises(Unreachable) as caught:
        client.get("/info")
    assert sentence in str(caught.value)
    assert "there.example" not in str(caught.value)


def test_an_answer_that_does_not_come(over):
    with pytest.raises(Unreachable, match="did not answer within 1 seconds"):
        over("#!/bin/sh\nexec cat > /dev/null\n", timeout=1).post("/info")


def test_a_host_without_ssh(over, monkeypatch, tmp_path):
    client = over("")
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(Unreachable, match="needs the program ssh"):
        client.get("/info")


@pytest.mark.parametrize(
    ("address", "options"),
    [("ssh://there", []), ("ssh://me@there", ["-l", "me"]), ("ssh://me:s3cret@there:2222", ["-l", "me", "-p", "2222"])],
)
def test_the_command(address, options):
    command = ssh_command(address)
    assert command[5:] == [*options, "--", "there", "docker", "system", "dial-stdio"]


@pytest.mark.parametrize("address", ["ssh://", "ssh://there:port", "ssh://there:0"])
def test_what_is_no_address(address):
    with pytest.raises(InvalidOption, match="docker_host is no address for ssh"):
        ssh_command(address)
