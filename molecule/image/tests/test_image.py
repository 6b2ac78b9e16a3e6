# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules image and image_info do to an engine and a registry, as these say themselves."""

from __future__ import annotations

import gzip
import json

import pytest
from conftest import succeeded
from image.tests.conftest import APP

testinfra_hosts = ["ansible://node1", "ansible://node2"]


def test_an_image_was_built_of_what_is_not_ignored(host, address, me, docker, in_registry):
    name = f"{address}/team/app-{me}:1"
    script = "find /app | sort; cat /greeting; grep -c example.com /hosts"
    printed = host.check_output(f"docker run --rm --network none {name} sh -c '{script}'").split()
    files = ["/app", "/app/page.txt", "/app/sub", "/app/sub/drop", "/app/sub/drop/kept.txt", "/app/sub/more.txt"]
    assert printed == [*files, "hello", "2"]
    image = docker("image", "inspect", name)[0]
    assert image["Config"]["Labels"]["team"] == "blue"
    assert image["RepoDigests"] == [f"{address}/team/app-{me}@{in_registry(f'team/app-{me}', 1)}"]


def test_an_image_went_from_one_name_to_another(address, me, ids, in_registry, host):
    assert ids()[f"{address}/team/other:1"] == ids()[f"{address}/team/stable-{me}:1"]
    assert in_registry(f"team/stable-{me}", 1) == in_registry("team/other", 1)
    file = host.file("/root/other.tar")
    assert (file.mode, file.user) == (0o600, "root")
    loaded = host.check_output("docker load --input /root/other.tar")
    assert loaded == f"Loaded image: {address}/team/other:1"


def test_pulled_by_what_the_registry_has(change, run, ids, address, auth, me, docker, in_registry, host):
    name = f"{address}/team/moving-{me}:1"
    change("image", ids, name="flotilla/web:1", source="local", repository=name, push=True, **auth)
    old = ids()[name]
    host.check_output(f"docker build -q -t {name} - <<'E'\nFROM flotilla/web:1\nLABEL moved=yes\nE")
    new = ids()[name]
    result = succeeded(run("image", name=name, source="local", push=True, **auth))
    assert (result["actions"], result["digest"]) == (["push"], in_registry(f"team/moving-{me}", 1))
    # The machine goes back to what the registry had before.
    host.check_output(f"docker tag {old} {name}")
    assert not succeeded(run("image", name=name, source="pull", **auth))["changed"]
    options = {"name": name, "source": "pull", "force_source": True, **auth}
    assert change("image", ids, **options)[name] == new
    host.check_output(f"docker rmi {name}")
    assert change("image", ids, name=name, source="pull", **auth)[name] == new
    pinned = f"{address}/team/moving-{me}@{result['digest']}"
    assert not succeeded(run("image", name=pinned, source="pull", **auth))["changed"]
    image = succeeded(run("image_info", name=[name, "nothing:1", new]))["images"]
    assert image == docker("image", "inspect", name) * 2


def test_saved_loaded_and_removed(change, ids, host, tmp_path):
    path, name = tmp_path / "saved.tar", "saved:1"
    host.check_output("docker tag flotilla/web:1 saved:1")

    def archive():
        return path.exists() and path.stat().st_ino

    options = {"name": name, "source": "local", "archive_path": str(path)}
    change("image", archive, **options)
    host.check_output(f"docker build -q -t {name} - <<'E'\nFROM flotilla/web:1\nLABEL saved=again\nE")
    change("image", archive, **options)
    saved = ids()[name]
    change("image", ids, name=name, state="absent")
    assert name not in ids()
    load = {"name": name, "source": "load", "load_path": str(path)}
    assert change("image", ids, **load)[name] == saved
    host.check_output(f"docker tag flotilla/web:1 {name}")
    assert change("image", ids, **load)[name] == saved
    change("image", ids, name=name, state="absent")
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert change("image", ids, **load)[name] == saved


def test_a_build_that_is_forced_is_a_change_only_if_the_image_is_another(run, ids, address, auth, me):
    name = f"{address}/team/app-{me}:1"
    build = {"path": str(APP), "args": {"BASE": f"{address}/team/private:1", "GREETING": "hello"}}
    build.update(
        labels={"team": "blue"}, etc_hosts={"first.example.com": "192.0.2.1", "second.example.com": "192.0.2.2"}
    )
    options = {"name": name, "source": "build", "force_source": True, **auth}
    before = ids()
    assert not succeeded(run("image", build=build, **options))["changed"]
    assert ids() == before
    result = succeeded(run("image", build={**build, "labels": {"team": "red"}}, **options))
    assert result["actions"] == ["build"]
    assert ids()[name] == result["id"] != before[name]


@pytest.mark.parametrize(
    ("name", "credentials", "reason"),
    [
        ("{address}/team/private:none", {}, "image_not_found"),
        ("{address}/none/none:1", {}, "image_not_found"),
        ("{address}/team/private:1", None, "registry_login_required"),
        ("{address}/team/private:1", {"password": "guess-0815"}, "wrong_password"),
        ("127.0.0.1:9/private:1", {}, "registry_unreachable"),
        ("none.invalid/private:1", {}, "registry_unknown_host"),
    ],
)
def test_what_cannot_be_pulled_is_told(run, ids, address, auth, name, credentials, reason):
    before, given = ids(), {}
    if credentials is not None:
        given = {"registry_auth": [{**auth["registry_auth"][0], **credentials}]}
    for check in (True, False):
        options = {"name": name.format(address=address), "source": "pull", "force_source": True, **given}
        assert run("image", check=check, **options)["failure"]["reason"] == reason
    assert ids() == before


def test_a_registry_that_is_not_trusted(run, host, address, auth):
    host.check_output(f"mv /etc/docker/certs.d/{address} /root/kept")
    result = run("image", name=f"{address}/team/private:1", source="pull", force_source=True, **auth)
    host.check_output(f"mv /root/kept /etc/docker/certs.d/{address}")
    assert result["failure"]["reason"] == "registry_untrusted"


def test_what_cannot_be_pushed_is_told(run, host, address):
    host.run(f"docker rmi {address}/team/refused:1")
    options = {"name": "flotilla/web:1", "source": "local", "repository": f"{address}/team/refused:1", "push": True}
    result = run("image", **options)
    assert (result["failure"]["reason"], result["actions"]) == ("registry_login_required", ["tag"])


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        (
            "FROM flotilla/web:1\nRUN echo no way; exit 3",
            "build_failed",
            "it was at Step 2/2 : RUN echo no way; exit 3",
        ),
        ("FROM flotilla/web:1\nCOPY none /", "build_failed", "COPY failed"),
        ("FROM flotilla/web:1\nNONE", "build_failed", "unknown instruction: NONE"),
        ("FROM {address}/team/private:1", "registry_login_required", "wants a login"),
    ],
)
def test_a_build_that_fails_is_told(run, host, ids, address, tmp_path, text, reason, words):
    before = ids()
    (tmp_path / "Broken").write_text(text.format(address=address))
    host.run(f"docker rmi {address}/team/private:1")
    options = {"build": {"path": str(APP), "dockerfile": str(tmp_path / "Broken"), "nocache": True}}
    result = run("image", name="broken:1", source="build", **options)
    assert result["failure"]["reason"] == reason, result
    assert words in result["msg"]
    assert "broken:1" not in ids()
    assert set(ids()) <= set(before)


def test_no_archive_is_told(run, ids, tmp_path):
    before, text, other = ids(), tmp_path / "text", str(tmp_path / "other.tar")
    text.write_text("text")
    for path in (text, tmp_path / "none", tmp_path):
        result = run("image", name="flotilla/web:1", source="load", load_path=str(path))
        assert result["failure"]["reason"] == "archive_not_readable"
    succeeded(run("image", name="flotilla/web:2", source="local", archive_path=other))
    result = run("image", name="flotilla/web:1", source="load", load_path=other)
    assert (result["failure"]["reason"], result["failure"]["images"]) == ("image_not_found", ["flotilla/web:2"])
    assert ids() == before


def test_as_a_task_on_the_machine(host, docker):
    """What a full disk keeps, and what is looked up."""
    host.check_output("mkdir -p /root/small && mount -t tmpfs -o size=1M tmpfs /root/small")
    host.check_output("echo old > /root/small/a.tar")
    options = {"name": "flotilla/web:1", "source": "local", "archive_path": "/root/small/a.tar"}
    result = host.ansible("flotilla.swarm.image", json.dumps(options), check=False)
    left = host.check_output("ls -A /root/small; cat /root/small/a.tar").split()
    host.check_output("umount /root/small")
    assert result["failure"]["reason"] == "archive_not_written"
    assert left == ["a.tar", "old"]
    found = host.ansible("flotilla.swarm.image_info", json.dumps({"name": ["none:1", "flotilla/web:1"]}), check=False)
    assert found["images"] == docker("image", "inspect", "flotilla/web:1")
