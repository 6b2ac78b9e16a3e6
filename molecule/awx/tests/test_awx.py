# SPDX-License-Identifier: GPL-3.0-or-later
"""Every job template in check mode and then for good, the workflow between some of them, and what all of it has left.

A case is run for each template, in the order that they are in here, on what those before it have left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.request import urlopen

import pytest
from awx.tests import workflows
from awx.tests.machines import NODES, address, config, everything, ids, on
from plays import until
from searches import spellings

LAST = "reset"
WORKFLOW = "deploy"
# AWX would make another number of it, were it an extra variable.
NEWER = "00720045001189443167"
CASES: dict = {}


@dataclass
class Case:
    """Answers, what is done before, whether the job changes anything, and what proves that it did."""

    answers: dict
    proof: Callable
    prepare: Callable | None
    changes: bool


def case(name: str, *, prepare=None, changes: bool = True, **answers):
    """The function proves that the job template of this name did what it should, when it was answered so."""

    def keep(proof):
        CASES[name] = Case(answers, proof, prepare, changes)
        return proof

    return keep


def forget_login(_awx):
    """Somebody logs a worker out."""
    on("node2", "rm /root/.docker/config.json")


def make_report(_awx):
    """An image that one node has."""
    on("node1", "docker tag flotilla/web:2 example/report:1")


def know_packages(_awx):
    """What can be installed is known, so that check mode can tell what would be."""
    on("node4", "apt-get -qq update")


def change_password(awx):
    """The registry takes another password than the nodes have, and the credential has it."""
    on("node5", f"printf %s {NEWER} | htpasswd -i -B -C 5 /etc/docker/registry/users deployer")
    on("node5", "systemctl restart docker-registry")
    awx.credentials.inputs["registry"]["password"] = NEWER
    ask = f"curl -sk -o /dev/null -w %{{http_code}} -u deployer:{NEWER} https://{address('node5')}:5000/v2/ || true"
    until(lambda: on("node5", ask) == "200")


@case("preflight", changes=False, preflight_fail_on="error", preflight_network="true")
def hosts_are_looked_at(awx, _swarm):
    assert "Engines of different major versions" in awx.jobs[-1].printed


@case("site", swarm_stack="shop", preflight_fail_on="error", swarm_remove_unlisted_nodes="false")
def a_swarm_is_built(_awx, swarm):
    assert {swarm.state(node) for node in ("node1", "node2", "node3")} == {"active"}
    assert swarm.state("node4") == "inactive"
    assert swarm.image("shop_web") == "flotilla/web:1"
    assert (swarm.running("shop_web"), swarm.running("shop_front")) == (2, 1)
    assert "desk_clerk" not in swarm.specs()


@case("registry_login", prepare=forget_login, registry_login_verify="registry", registry_login_reauthorize="false")
def nodes_are_logged_in(_awx, _swarm):
    assert config("node2") == config("node1") != {}


@case(
    "image_distribute", prepare=make_report, swarm_image="example/report:1\n", image_distribute_directory="~/.archives"
)
def all_nodes_have_the_image(_awx, _swarm):
    assert len(set(ids("example/report:1").values())) == 1
    assert on("node2", "ls -A /root | grep archives || true") == ""


@case("publish", swarm_stack="desk")
def the_registry_has_the_image(_awx, swarm):
    assert swarm.image("desk_clerk") == f"{address('node5')}:5000/base/clerk:1"
    assert swarm.running("desk_clerk") == 2


@case("deploy", swarm_stack="shop", swarm_image_tag="2", swarm_deploy_dry_run="false")
def the_tag_of_the_survey_runs(awx, swarm):
    assert swarm.image("shop_web") == "flotilla/web:2"
    assert awx.jobs[-1].artifacts["flotilla_deploy"]["shop"]["changed"]


@case("verify", changes=False, swarm_stack="shop\ndesk")
def all_is_as_it_should_be(awx, _swarm):
    assert "shop_web" in awx.jobs[-1].printed


@case("scale", swarm_scale="shop_front=2")
def there_are_more_tasks(awx, swarm):
    assert swarm.running("shop_front") == 2
    assert awx.jobs[-1].artifacts["flotilla_scale"] == {"shop_front": 2}


@case("rollback", swarm_stack="shop", swarm_deploy="")
def the_deploy_before_runs(awx, swarm):
    assert swarm.image("shop_web") == "flotilla/web:1"
    assert awx.jobs[-1].artifacts["flotilla_rollback"]["shop"]["changed"]


@case("registry_refresh", prepare=change_password, registry_login_reauthorize="true")
def services_get_the_new_password(awx, swarm):
    assert config("node1") == config("node2") == config("node3")
    assert "desk_clerk" in awx.jobs[-1].printed
    assert swarm.running("desk_clerk") == 2


@case("firewall", firewall_state="absent", firewall_confirm_within=30)
def rules_go_and_come_back(awx, _swarm):
    assert "FLOTILLA" not in on("node2", "iptables-save")
    again = awx.launch("firewall", {"firewall_state": "present", "firewall_confirm_within": 0})
    assert again.changed > 0
    assert "FLOTILLA" in on("node2", "iptables-save")


@case("load_balancer", prepare=know_packages, swarm_load_balancers_group="swarm_load_balancers")
def the_load_balancer_answers(_awx, _swarm):
    with urlopen(f"http://{address('node4')}:8080/", timeout=30) as response:
        assert "version: 1" in response.read().decode()


@case("reset", swarm_reset_confirm="yes")
def there_is_no_swarm(_awx, swarm):
    assert {swarm.state(node) for node in ("node1", "node2", "node3")} == {"inactive"}


def test_every_job_template_has_a_case(awx):
    assert set(awx.templates) == set(CASES)


@pytest.fixture
def run(awx, swarm):
    """Run a job template in check mode, which changes nothing, and for good, which does what its case says."""

    def run(name):
        case = CASES[name]
        if case.prepare:
            case.prepare(awx)
        before = everything()
        planned = awx.launch(name, case.answers, check=True)
        assert bool(planned.changed) == case.changes
        assert everything() == before
        done = awx.launch(name, case.answers, verbosity=4)
        assert bool(done.changed) == case.changes
        if not case.changes:
            assert everything() == before
        case.proof(awx, swarm)

    return run


@pytest.mark.parametrize("name", [name for name in CASES if name != LAST])
def test_template(run, name):
    run(name)


def test_a_dry_run_changes_nothing(awx):
    before = everything()
    answers = {"swarm_stack": "shop", "swarm_image_tag": "2", "swarm_deploy_dry_run": "true"}
    assert awx.launch("deploy", answers).changed > 0
    assert everything() == before


def test_a_workflow_that_goes_well_ends_with_verify(awx, swarm):
    jobs = workflows.run(awx, WORKFLOW, {"swarm_stack": "shop", "swarm_image_tag": "2"})
    assert {name: job.status for name, job in jobs.items()} == {"deploy": "successful", "verify": "successful"}
    assert swarm.image("shop_web") == "flotilla/web:2"


def test_what_verify_finds_is_rolled_back(awx, swarm):
    # What answers to the deploy does not answer any more.
    stop = {"deploy": lambda: on("node2", "pkill -STOP -x httpd")}
    jobs = workflows.run(awx, WORKFLOW, {"swarm_stack": "shop", "swarm_image_tag": "1"}, between=stop)
    assert {name: job.status for name, job in jobs.items()} == {
        "deploy": "successful",
        "verify": "failed",
        "rollback": "successful",
    }
    assert swarm.image("shop_web") == "flotilla/web:2"
    assert swarm.running("shop_web") == 2
    assert list(jobs["rollback"].artifacts["flotilla_rollback"]) == ["shop"]


def test_an_image_that_does_not_run_ends_a_workflow_with_what_ran_before(awx, swarm):
    for node in NODES[:3]:
        on(node, r"printf 'FROM flotilla/web:1\nCMD false\n' | docker build -qt flotilla/web:broken -")
    before = swarm.specs()["shop_web"]["TaskTemplate"]["ContainerSpec"]
    jobs = workflows.run(awx, WORKFLOW, {"swarm_stack": "shop", "swarm_image_tag": "broken"})
    assert {name: job.status for name, job in jobs.items()} == {"deploy": "failed"}
    assert swarm.specs()["shop_web"]["TaskTemplate"]["ContainerSpec"] == before
    until(lambda: swarm.running("shop_web") == 2)


@pytest.fixture(scope="module")
def secrets(awx, inventory):
    """What must be shown nowhere: of credentials, of the inventory, and of the swarm while there is one."""
    swarm = [on("node1", f"docker swarm join-token --quiet {role}").strip() for role in ("worker", "manager")]
    swarm += [on("node1", "docker swarm unlock-key --quiet").strip()]
    assert all(secret.startswith("SWM") for secret in swarm)
    own = inventory["_meta"]["hostvars"]
    of_inventory = [own["node1"]["swarm_secrets"][0]["data"], own["node5"]["registry_password"]]
    return {*awx.credentials.secrets, *of_inventory, *(secret.split("-", 2)[2].rpartition("-")[2] for secret in swarm)}


def test_reset(run, secrets):
    run(LAST)


def test_nothing_that_jobs_leave_holds_a_secret(awx, secrets):
    assert len(secrets) > 5
    left = [job.left() for job in awx.jobs]
    for place in left:
        assert [text for text in spellings(*secrets) if text in place] == []
    # What is no secret is found.
    assert all("PLAY RECAP" in place for place in left)


def test_all_of_the_collection_is_what_the_project_requires(awx):
    for job in awx.jobs:
        assert [path for path in job.task_paths if not path.startswith(str(awx.collections))] == []
