# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key deploy, all the way to Engine JSON: what docker stack deploy 28.2 posts of it is expected."""

from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import get
from ansible_collections.flotilla.swarm.tests.unit.plugins.plugin_utils.compose.convert_cases import OWNED, TASK, spec


def deploy(**options):
    return {"deploy": options}


@pytest.mark.parametrize(
    ("given", "path", "expected"),
    [
        pytest.param(
            deploy(labels={"a": "b", "com.docker.stack.image": "x"}),
            "Labels",
            {"a": "b", **OWNED, "com.docker.stack.image": "nginx:1"},
            id="labels of the service",
        ),
        pytest.param(deploy(endpoint_mode="DNSRR"), "EndpointSpec.Mode", "dnsrr", id="endpoint mode in small letters"),
        pytest.param(deploy(replicas=3), "Mode", {"Replicated": {"Replicas": 3}}, id="replicas"),
        pytest.param(deploy(mode="replicated", replicas=0), "Mode", {"Replicated": {"Replicas": 0}}, id="no tasks"),
        pytest.param(deploy(mode="replicated"), "Mode", None, id="as many as the Engine makes of none"),
        pytest.param(deploy(mode="global"), "Mode", {"Global": {}}, id="global"),
        pytest.param(deploy(mode="global-job"), "Mode", {"GlobalJob": {}}, id="a job on each node"),
        pytest.param(
            deploy(mode="replicated-job", replicas=4),
            "Mode",
            {"ReplicatedJob": {"MaxConcurrent": 4, "TotalCompletions": 4}},
            id="a job runs all its tasks at once",
        ),
        pytest.param(
            deploy(mode="replicated-job"),
            "Mode",
            {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}},
            id="a job of one task, as the Engine makes of none",
        ),
        pytest.param(deploy(update_config=None), "UpdateConfig", None, id="no update config"),
        pytest.param(deploy(update_config={"parallelism": 0}), "UpdateConfig.Parallelism", 0, id="all tasks at once"),
        pytest.param(deploy(update_config={"delay": "5s"}), "UpdateConfig.Parallelism", 1, id="one is the default"),
        pytest.param(deploy(update_config={"delay": "5s"}), "UpdateConfig.Delay", 5 * 10**9, id="delay"),
        pytest.param(deploy(update_config={"monitor": "1m"}), "UpdateConfig.Monitor", 60 * 10**9, id="monitor"),
        pytest.param(
            deploy(update_config={"monitor": "0s"}),
            "UpdateConfig",
            {"Parallelism": 1},
            id="a monitor of zero says nothing",
        ),
        pytest.param(
            deploy(update_config={"max_failure_ratio": 0.123456789}),
            "UpdateConfig.MaxFailureRatio",
            0.12345679,
            id="a ratio of 32 bits",
        ),
        pytest.param(
            deploy(update_config={"failure_action": "rollback"}), "UpdateConfig.FailureAction", "rollback", id="action"
        ),
        pytest.param(deploy(update_config={"order": "start-first"}), "UpdateConfig.Order", "start-first", id="order"),
        pytest.param(deploy(rollback_config={"order": "start-first"}), "RollbackConfig.Parallelism", 1, id="rollback"),
        pytest.param(
            deploy(restart_policy={"condition": "on-failure"}),
            f"{TASK}.RestartPolicy.Condition",
            "on-failure",
            id="restart policy",
        ),
        pytest.param(deploy(restart_policy={"delay": "0s"}), f"{TASK}.RestartPolicy.Delay", 0, id="no delay"),
        pytest.param(deploy(restart_policy={"window": "2m"}), f"{TASK}.RestartPolicy.Window", 120 * 10**9, id="window"),
        pytest.param(deploy(restart_policy={"max_attempts": 3}), f"{TASK}.RestartPolicy.MaxAttempts", 3, id="attempts"),
        pytest.param({"restart": "on-failure"}, f"{TASK}.RestartPolicy.Condition", "on-failure", id="the older key"),
        pytest.param({"restart": "on-failure:4"}, f"{TASK}.RestartPolicy.MaxAttempts", 4, id="its count"),
        pytest.param({"restart": "no"}, f"{TASK}.RestartPolicy", None, id="no says nothing"),
        pytest.param(
            {"restart": "always", **deploy(restart_policy={"condition": "none"})},
            f"{TASK}.RestartPolicy.Condition",
            "none",
            id="the policy before the older key",
        ),
        pytest.param(
            deploy(resources={"limits": {"cpus": "0.5", "memory": "1.5 GiB", "pids": 10}}),
            f"{TASK}.Resources.Limits",
            {"NanoCPUs": 500_000_000, "MemoryBytes": 1_610_612_736, "Pids": 10},
            id="limits",
        ),
        pytest.param(
            deploy(resources={"limits": {"cpus": "1/2", "memory": "64MB", "pids": 0}}),
            f"{TASK}.Resources.Limits",
            {"NanoCPUs": 500_000_000, "MemoryBytes": 67_108_864},
            id="a fraction, powers of 1024, and a zero that says nothing",
        ),
        pytest.param(
            deploy(
                resources={
                    "reservations": {
                        "cpus": "0.25",
                        "memory": "20M",
                        "generic_resources": [{"discrete_resource_spec": {"kind": "gpu", "value": 2}}, {}],
                    }
                }
            ),
            f"{TASK}.Resources.Reservations",
            {
                "NanoCPUs": 250_000_000,
                "MemoryBytes": 20_971_520,
                "GenericResources": [{"DiscreteResourceSpec": {"Kind": "gpu", "Value": 2}}],
            },
            id="reservations",
        ),
        pytest.param(
            deploy(
                placement={
                    "constraints": ["node.role==manager", "node.labels.a!=b"],
                    "preferences": [{"spread": "node.labels.zone"}],
                    "max_replicas_per_node": 2,
                }
            ),
            f"{TASK}.Placement",
            {
                "Constraints": ["node.role==manager", "node.labels.a!=b"],
                "Preferences": [{"Spread": {"SpreadDescriptor": "node.labels.zone"}}],
                "MaxReplicas": 2,
            },
            id="placement",
        ),
    ],
)
def test_what_is_of_the_deployment(given, path, expected):
    assert get(spec(given), path) == expected
