# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a service that exists. The manager asked is Engine 20.10, and not the leader."""

from __future__ import annotations

testinfra_hosts = ["ansible://node2"]

# Services without tasks where only what is written counts.
IDLE = {"image": "flotilla/web:1", "replicas": 0}
WEB = {"name": "web", "image": "flotilla/web:1", "replicas": 2, "update_config": {"monitor": "100ms"}}
FAST = {"stop_grace_period": "1s", "rollback_config": {"monitor": "100ms", "parallelism": 0}}


def published(raw):
    """The ports of a service, as ``[(published, target, mode)]``."""
    ports = raw["Spec"]["EndpointSpec"].get("Ports", [])
    return [(port["PublishedPort"], port["TargetPort"], port["PublishMode"]) for port in ports]


def ingress(port):
    return [{"published_port": port, "target_port": 8080}]


def targets(raw):
    return [item["Target"] for item in raw["Spec"]["TaskTemplate"].get("Networks", [])]


def test_networks_come_and_go(make, change, docker, service):
    make(name="web", **IDLE)
    for name in ("semantics-a", "semantics-b"):
        docker("network", "create", "--driver", "overlay", name)
    ids = {name: docker("network", "inspect", name)[0]["Id"] for name in ("semantics-a", "semantics-b")}
    try:
        attached = change("service", service, name="web", networks=["semantics-b", {"name": "semantics-a"}])
        assert sorted(targets(attached)) == sorted(ids.values())
        assert not make(name="web", networks=[ids["semantics-a"], "semantics-b"])["changed"]
        assert make(name="web", networks=["semantics-a"])["changed"]
        assert targets(service()) == [ids["semantics-a"]]
        assert make(name="web", networks=[])["changed"]
        assert targets(service()) == []
    finally:
        make(name="web", state="absent")
        docker("network", "rm", *ids.values())


def test_a_network_of_the_host(make, change, fail, docker, service):
    make(name="web", **IDLE)
    after = change("service", service, name="web", networks=["host"])
    assert docker("network", "inspect", *targets(after))[0]["Name"] == "host"
    assert make(name="web")["service"]["spec"]["networks"] == [{"name": "host"}]
    result = fail("unknown_network", name="web", networks=["none"])
    assert "the Engine lets no service use network none" in result["msg"]
    assert service() == after


def test_secrets_and_configs_go_by_their_names(make, change, fail, host, docker, service):
    ids = {}
    for kind in ("secret", "config"):
        host.check_output(
            f"docker {kind} rm semantics-{kind} 2>/dev/null; echo data | docker {kind} create semantics-{kind} -"
        )
        ids[kind] = docker(kind, "inspect", f"semantics-{kind}")[0]["ID"]
    make(name="web", **IDLE)
    secrets = [{"secret_name": "semantics-secret", "mode": "0400"}]
    configs = [{"config_name": "semantics-config", "filename": "/etc/web"}]
    after = change("service", service, name="web", secrets=secrets, configs=configs)
    container = after["Spec"]["TaskTemplate"]["ContainerSpec"]
    file = {"Name": "semantics-secret", "UID": "0", "GID": "0", "Mode": 0o400}
    assert container["Secrets"] == [{"File": file, "SecretID": ids["secret"], "SecretName": "semantics-secret"}]
    file = {"Name": "/etc/web", "UID": "0", "GID": "0", "Mode": 0o444}
    assert container["Configs"] == [{"File": file, "ConfigID": ids["config"], "ConfigName": "semantics-config"}]
    assert not make(name="web", secrets=[{"secret_id": ids["secret"], "mode": "0400"}])["changed"]
    message = fail("unknown_secret", check=True, name="web", secrets=[*secrets, {"secret_name": "none"}])["msg"]
    assert message == ("service web: there is no secret none in this swarm; create it with flotilla.swarm.secret first")
    assert make(name="web", secrets=[], configs=[])["changed"]
    container = service()["Spec"]["TaskTemplate"]["ContainerSpec"]
    assert not container.keys() & {"Secrets", "Configs"}


def test_a_forced_update_replaces_all_tasks_each_time(make, difference, docker, service):
    def tasks():
        return set(docker("service", "ps", "web", "--quiet", "--filter", "desired-state=running").split())

    make(**WEB, **FAST)
    before, version = tasks(), service()["Version"]
    assert make(check=True, name="web", force_update=True)["changed"]
    assert service()["Version"] == version
    assert make(name="web", force_update=True)["changed"]
    assert service()["Spec"]["TaskTemplate"]["ForceUpdate"] == 1
    assert len(tasks()) == 2
    assert not tasks() & before
    shown = difference(name="web", force_update=True, replicas=0)
    assert shown == ["-force_update: 1", "-replicas: 2", "+force_update: 2", "+replicas: 0"]
    # What counts up is kept by other changes, as setting it back would replace all tasks once more.
    assert make(name="web", labels={"a": "b"})["changed"]
    assert service()["Spec"]["TaskTemplate"]["ForceUpdate"] == 2


def test_the_number_of_replicas_can_be_kept(make, docker, service):
    idle = {"name": "web", "image": "flotilla/web:1", "keep_replicas": True}
    constraint = {"placement": {"constraints": ["node.hostname==nowhere"]}, "wait": False}
    make(replicas=3, **idle, **constraint)
    assert service()["Spec"]["Mode"] == {"Replicated": {"Replicas": 3}}
    docker("service", "scale", "--detach", "web=5")
    version = service()["Version"]
    assert not make(replicas=3, **idle, **constraint)["changed"]
    assert service()["Version"] == version
    assert make(replicas=3, labels={"a": "b"}, **idle, **constraint)["changed"]
    assert service()["Spec"]["Mode"] == {"Replicated": {"Replicas": 5}}


def test_back_to_what_it_was(make, fail, difference, service, docker):
    make(**WEB, **FAST)
    assert "has nothing to go back to" in fail("nothing_to_roll_back", name="web", state="rolled_back")["msg"]
    before = service()["Spec"]
    make(name="web", image="flotilla/web:2", labels={"a": "b"})
    changed = service()
    assert make(check=True, name="web", state="rolled_back")["service"]["action"] == "rollback"
    assert service() == changed
    assert difference(name="web", state="rolled_back") == [
        "-image: flotilla/web:2", "-labels:", "-    a: b", "+image: flotilla/web:1",
    ]  # fmt: skip
    after = service()
    assert after["Spec"] == before
    assert after["UpdateStatus"]["State"] == "rollback_completed"
    images = docker("service", "ps", "web", "--filter", "desired-state=running", "--format", "{{.Image}}").split()
    assert images == ["flotilla/web:1"] * 2
    # Once more would bring the change back.
    assert not make(name="web", state="rolled_back")["changed"]
    assert service() == after
    assert "leave out image" in fail("invalid_option", name="web", state="rolled_back", image="flotilla/web:1")["msg"]
    assert "does not exist" in fail("unknown_service", name="none", state="rolled_back")["msg"]


def test_a_port_moves_to_another_service(make, service, fail, versions):
    one, two, three = (
        {"name": name, **IDLE, "publish": ingress(port)} for name, port in (("c", 80), ("b", 81), ("a", 82))
    )
    make(services=[one, two, three])
    moved = [{**three, "publish": ingress(81)}, {**two, "publish": ingress(80)}, {"name": "c", "state": "absent"}]
    assert make(check=True, services=moved)["changed"]
    result = make(services=moved)
    assert [item["action"] for item in result["services"]] == ["update", "update", "remove"]
    assert (published(service("a")), published(service("b"))) == ([(81, 8080, "ingress")], [(80, 8080, "ingress")])
    before = versions("a", "b")
    swapped = [{"name": "a", "publish": ingress(80)}, {"name": "b", "publish": ingress(81)}]
    for check in (True, False):
        message = fail("invalid_option", check=check, services=swapped)["msg"]
        assert message.startswith("services a and b take published ports of each other")
    assert versions("a", "b") == before


def test_a_port_changes_within_a_service(change, make, service):
    make(name="web", **IDLE, publish=ingress(80))
    host_port = [{**ingress(80)[0], "mode": "host"}]
    assert published(change("service", service, name="web", publish=host_port)) == [(80, 8080, "host")]
    assert make(name="web", publish=ingress(80))["changed"]
    assert published(service()) == [(80, 8080, "ingress")]


def test_what_the_engine_refuses_to_change_is_created_again_only_if_told(make, fail, difference, service, docker):
    make(**WEB, **FAST, labels={"owner": "molecule"}, env={"A": "1"}, hostname="kept")
    before = service()
    for check in (True, False):
        result = fail("fixed_option", check=check, name="web", mode="global")
        assert "mode cannot be changed from replicated to global" in result["msg"]
    shown = difference("--check", name="web", mode="global", recreate=True)
    assert shown == ["-mode: replicated", "-replicas: 2", "+mode: global", "+recreated_for:", "+- mode"]
    assert service() == before
    assert difference(name="web", mode="global", recreate=True) == shown
    after = service()
    assert after["ID"] != before["ID"]
    assert after["Spec"].pop("Mode") == {"Global": {}}
    before["Spec"].pop("Mode")
    assert after["Spec"] == before["Spec"]
    running = docker("service", "ps", "web", "--filter", "desired-state=running", "--format", "{{.CurrentState}}")
    assert running.count("Running") == 3
    version = service()["Version"]
    assert not make(name="web", mode="global", recreate=True)["changed"]
    assert service()["Version"] == version


def test_a_service_is_renamed_only_if_told(make, fail, service, docker):
    make(name="web", image="flotilla/web:1", args=["sleep", "1000"], env={"A": "1"}, stop_grace_period="1s")
    before = service("web")
    fail("fixed_option", name="front", renamed_from="web")
    assert service("web")["Version"] == before["Version"]
    assert make(name="front", renamed_from="web", recreate=True)["service"]["action"] == "recreate"
    assert docker("service", "ls", "--format", "{{.Name}}").split() == ["front"]
    assert {**service("front")["Spec"], "Name": "web"} == before["Spec"]
    assert not make(name="front", renamed_from="web", recreate=True)["changed"]


def test_a_service_that_cannot_be_created_again_is_put_back(make, fail, service):
    make(services=[{"name": "web", **IDLE, "labels": {"a": "b"}}, {"name": "other", **IDLE, "publish": ingress(80)}])
    before = service()
    result = fail("not_recreated", name="web", mode="global", recreate=True, publish=ingress(80))
    assert "port '80' is already in use by service 'other'" in result["msg"]
    assert "it was created again as it was" in result["msg"]
    assert result["changed"]
    assert service()["ID"] != before["ID"]
    assert service()["Spec"] == before["Spec"]
