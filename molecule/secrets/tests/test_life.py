# SPDX-License-Identifier: GPL-3.0-or-later
"""Creation, change and removal. The manager asked is Engine 20.10, and not the leader."""

from __future__ import annotations

import base64

import pytest

testinfra_hosts = ["ansible://node2"]

BINARY = b"\xff\x00\n"
FINGERPRINT = "flotilla.swarm.fingerprint"


def labels(raw):
    """The labels that are not of this collection."""
    return {name: value for name, value in raw["Spec"]["Labels"].items() if not name.startswith("flotilla.swarm.")}


@pytest.mark.parametrize("kind", ["secret", "config"])
def test_labels_change_in_place_and_data_does_not(kind, change, objects, service):
    def ask():
        return objects(kind)

    wanted = {"name": "one", "data": "first", "labels": {"a": 1, "b": ""}}
    made = change(kind, ask, **wanted)["one"]
    assert labels(made) == {"a": "1", "b": ""}
    service("user", **{f"{kind}s": ["one"]})
    # The engine permits this while a service uses it, with or without the data.
    relabelled = change(kind, ask, **{**wanted, "labels": {"a": "2"}})["one"]
    assert (relabelled["ID"], labels(relabelled)) == (made["ID"], {"a": "2"})
    cleared = change(kind, ask, name="one", labels={})["one"]
    assert (cleared["ID"], labels(cleared)) == (made["ID"], {})


def test_other_data_is_another_object_and_only_while_unused(make, change, refuse, objects, service, docker):
    make("secret", name="one", data="first", labels={"a": "1"})
    made = objects()["one"]
    again = change("secret", objects, name="one", data="second")["one"]
    assert again["ID"] != made["ID"]
    assert labels(again) == {"a": "1"}
    for name in ("web", "api"):
        service(name, ["one"])
    message = refuse("secret", "secret_in_use", objects, name="one", data="third")
    assert message.startswith("secret one is used by services api, web; ")
    assert "rolling_versions" in message
    message = refuse("secret", "secret_in_use", objects, name="one", state="absent")
    assert message.startswith("secret one is used by services api, web; ")
    docker("service", "rm", "web", "api")
    assert change("secret", objects, name="one", state="absent") == {}


def test_data_from_a_file_and_in_base64_is_what_tasks_read(make, objects, service, read, host):
    host.check_output("printf '\\377\\000\\n' > /root/binary")
    encoded = base64.b64encode(BINARY).decode()
    assert make("config", name="file", data_src="/root/binary")["changed"]
    assert base64.b64decode(objects("config")["file"]["Spec"]["Data"]) == BINARY
    assert not make("config", name="file", data=encoded, data_is_b64=True)["changed"]
    assert make("secret", name="file", data=encoded, data_is_b64=True)["changed"]
    assert not make("secret", name="file", data_src="/root/binary")["changed"]
    make("secret", name="text", data="Grüße\n")
    service("user", secrets=["text"])
    assert read("user", "/run/secrets/text") == "Grüße"
    shown = make("config_info", name=["file"], data=True)["configs"]
    assert [(item["data"], item["data_is_b64"]) for item in shown] == [(encoded, True)]


def test_a_template_is_filled_in_for_each_task(change, make, objects, service, read, docker):
    wanted = {"name": "who", "data": "{{ '{{.Service.Name}}' }}", "template_driver": "golang"}
    for kind in ("secret", "config"):
        make(kind, **wanted)
        assert objects(kind)["who"]["Spec"]["Templating"] == {"Name": "golang"}
    service("user", secrets=["who"], configs=["who:/who"])
    assert (read("user", "/run/secrets/who"), read("user", "/who")) == ("user", "user")
    docker("service", "rm", "user")
    plain = change("config", lambda: objects("config"), **{**wanted, "template_driver": ""})["who"]
    assert not plain["Spec"].get("Templating", {}).get("Name")


def test_a_secret_that_somebody_else_created(run, make, objects, host, service):
    host.check_output("printf known | docker secret create --label ansible_key=d63dc919 theirs -")
    before = objects()
    told = make("secret", check=True, name="theirs", data="known")
    assert told["changed"]
    assert objects() == before
    assert make("secret", name="theirs", data="known")["changed"]
    adopted = objects()["theirs"]
    assert adopted["ID"] == before["theirs"]["ID"]
    assert list(adopted["Spec"]["Labels"]) == [FINGERPRINT]
    assert not make("secret", name="theirs", data="known")["changed"]

    host.check_output("printf known | docker secret create others -")
    service("user", secrets=["others"])
    before = objects()
    result = run("secret", name="others", data="other")
    assert result["failure"] == {"reason": "secret_in_use", "services": ["user"]}
    assert objects() == before
    assert make("secret", name="others", labels={"a": "1"})["changed"]
    assert objects()["others"]["ID"] == before["others"]["ID"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "new", "data": ""}, "data: it is empty"),
        ({"name": "new", "data_src": "/no/such"}, "data_src: /no/such cannot be read on this host: No such file"),
        ({"name": "new", "data": "x", "repoint": True}, "repoint needs rolling_versions: true"),
    ],
)
def test_what_is_refused(refuse, objects, options, sentence):
    assert refuse("secret", "invalid_option", objects, **options).startswith(sentence)
