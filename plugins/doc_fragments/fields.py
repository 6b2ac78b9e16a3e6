# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of options, computed from the field tables, so that the two cannot drift apart."""

from __future__ import annotations

import json

from ansible_collections.flotilla.swarm.plugins.module_utils.cluster.fields import CLUSTER
from ansible_collections.flotilla.swarm.plugins.module_utils.cluster.info import ASKED
from ansible_collections.flotilla.swarm.plugins.module_utils.config.fields import CONFIG, CONFIG_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.core.client import CONNECTION
from ansible_collections.flotilla.swarm.plugins.module_utils.core.fields import documentation
from ansible_collections.flotilla.swarm.plugins.module_utils.core.run import QUERY, WAIT
from ansible_collections.flotilla.swarm.plugins.module_utils.engine.fields import ENGINE
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.fields import FIREWALL
from ansible_collections.flotilla.swarm.plugins.module_utils.host.fields import HOST_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.image.fields import IMAGE, IMAGE_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.member.fields import MEMBER
from ansible_collections.flotilla.swarm.plugins.module_utils.network.fields import NETWORK_OPTIONS
from ansible_collections.flotilla.swarm.plugins.module_utils.network.info import NETWORK_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.node.fields import NODE, NODE_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.probe.fields import PROBE
from ansible_collections.flotilla.swarm.plugins.module_utils.rebalance.fields import REBALANCE
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.credentials import REGISTRY_AUTH
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.info import REGISTRY_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.login_fields import LOGIN
from ansible_collections.flotilla.swarm.plugins.module_utils.registry.refresh import REFRESH
from ansible_collections.flotilla.swarm.plugins.module_utils.secret.fields import SECRET, SECRET_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.service.fields import SERVICE
from ansible_collections.flotilla.swarm.plugins.module_utils.service.follow import PROGRESS
from ansible_collections.flotilla.swarm.plugins.module_utils.service.info import SERVICE_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.service.log_lookup import SERVICE_LOGS
from ansible_collections.flotilla.swarm.plugins.module_utils.stack.fields import STACK, STACK_INFO
from ansible_collections.flotilla.swarm.plugins.module_utils.task.fields import SERVICE_EXEC, TASK_INFO

NEVER = "Nothing is ever changed."


class ModuleDocFragment:
    # Of modules that only read.
    READING: str = json.dumps(
        {
            "attributes": {
                "check_mode": {"support": "full", "description": [NEVER]},
                "diff_mode": {"support": "N/A", "description": [NEVER]},
            }
        }
    )
    CONNECTION: str = json.dumps({"options": documentation(CONNECTION)})
    WAIT: str = json.dumps({"options": documentation(WAIT)})
    QUERY: str = json.dumps({"options": documentation(QUERY)})
    CLUSTER: str = json.dumps({"options": documentation(CLUSTER)})
    CLUSTER_INFO: str = json.dumps({"options": documentation(ASKED)})
    ENGINE: str = json.dumps({"options": documentation(ENGINE)})
    FIREWALL: str = json.dumps({"options": documentation(FIREWALL)})
    HOST_INFO: str = json.dumps({"options": documentation(HOST_INFO)})
    IMAGE: str = json.dumps({"options": documentation(IMAGE)})
    IMAGE_INFO: str = json.dumps({"options": documentation(IMAGE_INFO)})
    MEMBER: str = json.dumps({"options": documentation(MEMBER)})
    NODE: str = json.dumps({"options": documentation(NODE)})
    NODE_INFO: str = json.dumps({"options": documentation(NODE_INFO)})
    PROBE: str = json.dumps({"options": documentation(PROBE)})
    PROGRESS: str = json.dumps({"options": documentation(PROGRESS)})
    SERVICE: str = json.dumps({"options": documentation(SERVICE)})
    SERVICE_INFO: str = json.dumps({"options": documentation(SERVICE_INFO)})
    SERVICE_LOGS: str = json.dumps({"options": documentation(SERVICE_LOGS)})
    SERVICE_EXEC: str = json.dumps({"options": documentation(SERVICE_EXEC)})
    STACK: str = json.dumps({"options": documentation(STACK)})
    STACK_INFO: str = json.dumps({"options": documentation(STACK_INFO)})
    TASK_INFO: str = json.dumps({"options": documentation(TASK_INFO)})
    NETWORK: str = json.dumps({"options": documentation(NETWORK_OPTIONS)})
    NETWORK_INFO: str = json.dumps({"options": documentation(NETWORK_INFO)})
    REBALANCE: str = json.dumps({"options": documentation(REBALANCE)})
    REGISTRY_AUTH: str = json.dumps({"options": documentation(REGISTRY_AUTH)})
    REGISTRY_REFRESH: str = json.dumps({"options": documentation(REFRESH)})
    REGISTRY_INFO: str = json.dumps({"options": documentation(REGISTRY_INFO)})
    REGISTRY_LOGIN: str = json.dumps({"options": documentation(LOGIN)})
    SECRET: str = json.dumps({"options": documentation(SECRET)})
    SECRET_INFO: str = json.dumps({"options": documentation(SECRET_INFO)})
    CONFIG: str = json.dumps({"options": documentation(CONFIG)})
    CONFIG_INFO: str = json.dumps({"options": documentation(CONFIG_INFO)})
