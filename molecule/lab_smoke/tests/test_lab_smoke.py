# SPDX-License-Identifier: GPL-3.0-or-later
"""Every machine is one of its own: release, name, address, engine and application images."""

testinfra_hosts = ["ansible://swarm_managers", "ansible://swarm_workers"]

ENGINE_SERIES = {"bookworm": "20.10.", "trixie": "26.1."}


def test_machine_is_the_one_of_the_inventory(host):
    variables = host.ansible.get_variables()
    name = variables["inventory_hostname"]
    assert host.check_output("hostname") == name
    assert host.check_output(f"getent ahostsv4 {name}").startswith(f"{variables['ansible_host']} ")
    assert host.system_info.codename == variables["lab_release"]


def test_engine_is_the_one_of_the_release_and_in_no_swarm(host):
    series = ENGINE_SERIES[host.ansible.get_variables()["lab_release"]]
    version, state = host.check_output("docker info -f '{{.ServerVersion}} {{.Swarm.LocalNodeState}}'").split()
    assert version.startswith(series)
    assert state == "inactive"


def test_machines_reach_each_other_by_name(host):
    assert host.addr("node7").port(22).is_reachable


def test_init_system_has_no_failed_unit(host):
    assert host.check_output("systemctl --failed --plain --no-legend") == ""


def test_application_shows_its_version(host):
    serve = "docker run --rm --env NODE=here flotilla/web:2 sh -c"
    script = "web & until wget -qO- http://127.0.0.1:8080/; do sleep 0.1; done"
    page = host.check_output(f"{serve} '{script}'").splitlines()
    assert {"version: 2", "node: here"} < set(page)
