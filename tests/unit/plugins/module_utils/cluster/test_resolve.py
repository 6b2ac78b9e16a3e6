# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import copy
import json
from pathlib import Path

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.cluster.apply import judge_rotation, plan_update, same_root
from ansible_collections.flotilla.swarm.plugins.module_utils.cluster.fields import CLUSTER, SETTINGS
from ansible_collections.flotilla.swarm.plugins.module_utils.cluster.resolve import (
    membership,
    observed_settings,
    organisation,
    show_cluster,
)
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import options
from ansible_collections.flotilla.swarm.plugins.module_utils.core.plan import make_plan

FIXTURES = Path(__file__).parent / "fixtures"
# What a manager and a worker of one swarm answered to GET /info, and the certificate of that worker.
INFO = json.loads((FIXTURES / "info.json").read_text())
CERTIFICATE = (FIXTURES / "swarm-node.crt").read_text()
SWARM = INFO["manager"]["Swarm"]["Cluster"]["ID"]
DER = base64.b64decode(CERTIFICATE.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0])


@pytest.fixture
def worker(tmp_path):
    """The worker's answer, with its certificate where the Engine has it."""
    info = copy.deepcopy(INFO["worker"])
    (tmp_path / "swarm" / "certificates").mkdir(parents=True)
    (tmp_path / "swarm" / "certificates" / "swarm-node.crt").write_text(CERTIFICATE)
    return {**info, "DockerRootDir": str(tmp_path)}


def test_a_manager_is_told_its_swarm():
    assert membership(INFO["manager"]) == {
        "state": "active",
        "error": None,
        "cluster_id": SWARM,
        "node_id": INFO["manager"]["Swarm"]["NodeID"],
        "address": "10.213.192.2",
        "manager": True,
        "remote_managers": ["10.213.192.2:2377"],
        "hostname": "node1",
        "engine_version": "26.1.5+dfsg1",
    }


def test_a_worker_knows_its_swarm_by_its_certificate(worker):
    here = membership(worker)
    assert (here["manager"], here["cluster_id"]) == (False, SWARM)


def test_a_worker_whose_certificate_cannot_be_read_does_not_know_its_swarm(tmp_path):
    assert membership({**INFO["worker"], "DockerRootDir": str(tmp_path)})["cluster_id"] is None


@pytest.mark.parametrize("text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
def test_a_certificate_that_says_nothing_is_no_error(worker, text):
    Path(worker["DockerRootDir"], "swarm/certificates/swarm-node.crt").write_text(text)
    assert membership(worker)["cluster_id"] is None


def test_an_engine_in_no_swarm_has_none_even_if_an_old_certificate_is_left(worker):
    worker["Swarm"] = {"NodeID": "", "NodeAddr": "", "LocalNodeState": "inactive", "RemoteManagers": None}
    here = membership(worker)
    assert (here["state"], here["cluster_id"], here["node_id"], here["remote_managers"]) == ("inactive", None, None, [])


def test_the_organization_of_a_real_certificate_is_the_swarm():
    assert organisation(DER) == SWARM


@pytest.mark.parametrize("der", [b"", b"\x30\x00", b"\x06\x03\x55\x04\x03\x0c\x01a"])
def test_what_has_no_organization_has_none(der):
    assert organisation(der) is None


def cluster(**more):
    return {**copy.deepcopy(INFO["manager"]["Swarm"]["Cluster"]), "SubnetSize": 24, **more}


def params(**given):
    return {**{field.option: field.default for field in options(CLUSTER)}, **given}


def planned(swarm=None, rotate=None, **given):
    return plan_update(params(**given), swarm or cluster(), membership(INFO["manager"]), rotate or {})


def test_a_swarm_is_shown_under_the_names_of_the_options():
    shown = show_cluster(cluster())
    assert (shown["id"], shown["root_rotation_in_progress"]) == (SWARM, False)
    assert shown["settings"]["node_cert_expiry"] == "2160h"
    assert shown["settings"]["dispatcher_heartbeat_period"] == "5s"
    assert shown["settings"]["data_path_port"] == 4789


def test_what_is_shown_plans_nothing():
    assert make_plan(SETTINGS, show_cluster(cluster())["settings"], observed_settings(cluster())).action == "keep"


def test_one_setting_changes_and_all_others_are_sent_as_they_are():
    plan = planned(election_tick=12)
    wanted = copy.deepcopy(cluster()["Spec"])
    wanted["Raft"]["ElectionTick"] = 12
    assert plan.spec["Spec"] == wanted
    assert [(change.option, change.before, change.after) for change in plan.changes] == [("election_tick", 10, 12)]


def test_autolock_stays_when_something_else_is_set():
    swarm = cluster()
    swarm["Spec"]["EncryptionConfig"]["AutoLockManagers"] = True
    assert planned(swarm, election_tick=12).spec["Spec"]["EncryptionConfig"] == {"AutoLockManagers": True}


@pytest.mark.parametrize(
    ("given", "drift"),
    [
        pytest.param({"data_path_port": 4790}, [("data_path_port", 4789, 4790)], id="the data path's port"),
        pytest.param({"subnet_size": 26}, [("subnet_size", 24, 26)], id="the size of subnets"),
        pytest.param(
            {"advertise_addr": "10.0.0.9:2377"}, [("advertise_addr", "10.213.192.2", "10.0.0.9")], id="address"
        ),
        pytest.param({"advertise_addr": "10.213.192.2"}, [], id="the address that it has"),
        pytest.param({"advertise_addr": "eth0"}, [], id="an interface, whose address is not known here"),
        pytest.param({"subnet_size": 24, "data_path_port": 4789}, [], id="nothing"),
    ],
)
def test_what_is_set_at_initialisation_only_is_reported_and_not_sent(given, drift):
    plan = planned(**given)
    assert [(change.option, change.before, change.after) for change in plan.fixed] == drift
    assert plan.action == "keep"


def test_a_rotation_is_an_update_though_no_setting_differs():
    plan = planned(rotate={"rotateWorkerToken": True}, rotate_worker_token=True)
    assert (plan.action, [change.option for change in plan.changes]) == ("update", ["rotate_worker_token"])


def test_a_rotation_of_the_ca_counts_one_up():
    swarm = cluster()
    swarm["Spec"]["CAConfig"]["ForceRotate"] = 3
    assert planned(swarm, rotate_ca=True).spec["Spec"]["CAConfig"]["ForceRotate"] == 4


def test_the_root_that_the_swarm_has_already_is_not_sent_again():
    swarm = cluster(TLSInfo={"TrustRoot": CERTIFICATE})
    assert planned(swarm, signing_ca_cert=CERTIFICATE + "\n", signing_ca_key="k").action == "keep"
    plan = planned(swarm, signing_ca_cert="another", signing_ca_key="s3cret")
    assert plan.action == "update"
    assert "s3cret" not in str(plan.diff())


def test_no_root_is_no_root_of_the_swarm():
    assert not same_root(None, cluster())
    assert not same_root("", cluster(TLSInfo={"TrustRoot": ""}))


@pytest.mark.parametrize(("running", "state"), [(True, "pending"), (False, "done")])
def test_a_rotation_is_over_when_the_engine_says_so(running, state):
    assert judge_rotation({"RootRotationInProgress": running}).state == state
