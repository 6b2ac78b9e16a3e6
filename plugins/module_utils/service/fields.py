# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a service. Paths are those of the Engine's ServiceSpec; defaults are swarmkit's (api/defaults)."""

from __future__ import annotations

from ..core.fields import Field, Joint
from ..core.values import SECOND, as_set, duration, show_duration, strings
from .steering import NAME, STEERING
from .values import argv, environment, health_test, image_name, mode, show_environment, show_mode

TASK = "TaskTemplate"
CONTAINER = f"{TASK}.ContainerSpec"
DURATION = {"encode": duration, "canonical": show_duration}


PACE = (
    Field(
        "parallelism", "Parallelism", "int", "Tasks to replace at the same time; V(0) is all of them.", engine_default=1
    ),
    Field("delay", "Delay", "str", "Time between two groups of tasks.", engine_default=0, **DURATION),
    Field(
        "monitor",
        "Monitor",
        "str",
        "Time after a task has started in which its failure counts against the change.",
        engine_default=5 * SECOND,
        **DURATION,
    ),
    Field(
        "max_failure_ratio",
        "MaxFailureRatio",
        "float",
        "Part of the tasks that may fail before the failure action is taken.",
        engine_default=0,
    ),
    Field(
        "order",
        "Order",
        "str",
        "Whether the old task stops before the new one starts, or after.",
        choices=("stop-first", "start-first"),
        engine_default="stop-first",
    ),
)


def _failure_action(*choices):
    """What an update and a rollback do not have alike: a rollback cannot be rolled back."""
    help_text = "What happens when a task fails."
    return Field("failure_action", "FailureAction", "str", help_text, choices=choices, engine_default="pause")


UPDATE = (*PACE, _failure_action("pause", "continue", "rollback"))
ROLLBACK = (*PACE, _failure_action("pause", "continue"))

RESTART = (
    Field(
        "condition",
        "Condition",
        "str",
        "When a task that ended is started again.",
        choices=("none", "on-failure", "any"),
        engine_default="any",
    ),
    Field("delay", "Delay", "str", "Time before a restart.", engine_default=5 * SECOND, **DURATION),
    Field("max_attempts", "MaxAttempts", "int", "Restarts at the most; V(0) is no limit.", engine_default=0),
    Field("window", "Window", "str", "Time in which restarts are counted.", engine_default=0, **DURATION),
)

# Zero is the image's own setting.
HEALTHCHECK = (
    Field(
        "test",
        "Test",
        "raw",
        "Command that tells whether the container is healthy: a string for the shell, or a list that starts with "
        "V(CMD), V(CMD-SHELL) or V(NONE).",
        encode=health_test,
    ),
    Field("interval", "Interval", "str", "Time between two tests.", engine_default=0, **DURATION),
    Field("timeout", "Timeout", "str", "Time after which a test has failed.", engine_default=0, **DURATION),
    Field(
        "retries", "Retries", "int", "Failed tests in a row after which the container is unhealthy.", engine_default=0
    ),
    Field(
        "start_period", "StartPeriod", "str", "Time in which failed tests do not count.", engine_default=0, **DURATION
    ),
)

PUBLISH = (
    Field(
        "published_port",
        "PublishedPort",
        "int",
        "Port on the nodes; without it the swarm chooses one.",
        engine_default=0,
    ),
    Field("target_port", "TargetPort", "int", "Port of the containers.", required=True),
    Field("protocol", "Protocol", "str", "Protocol of the port.", choices=("tcp", "udp", "sctp"), engine_default="tcp"),
    Field(
        "mode",
        "PublishMode",
        "str",
        "V(ingress) on every node through the routing mesh, V(host) on the nodes that run a task.",
        choices=("ingress", "host"),
        engine_default="ingress",
    ),
)

PREFERENCE = (Field("spread", "Spread.SpreadDescriptor", "str", "Label over whose values tasks are spread."),)

PLACEMENT = (
    Field(
        "constraints",
        "Constraints",
        "list",
        "What nodes must match, such as V(node.labels.zone==a).",
        elements="str",
        canonical=as_set,
    ),
    Field(
        "preferences",
        "Preferences",
        "list",
        "Over which labels tasks are spread, the most important first.",
        elements="dict",
        parts=PREFERENCE,
    ),
    Field(
        "replicas_max_per_node",
        "MaxReplicas",
        "int",
        "Tasks on one node at the most; V(0) is no limit.",
        engine_default=0,
    ),
)

NETWORK = (
    Field("name", "Target", "str", "Name or ID of the network.", required=True),
    Field("aliases", "Aliases", "list", "Further names of the service in it.", elements="str", canonical=as_set),
    Field("options", "DriverOpts", "dict", "Options of the network's driver for this service.", encode=strings),
)

MODE = Joint(
    fields=(
        Field(
            "mode",
            "",
            "str",
            "V(replicated) runs O(replicas) tasks, V(global) one on each node that fits.",
            choices=("replicated", "global"),
            fixed=True,
        ),
        Field("replicas", "", "int", "Tasks to run; V(-1) keeps what the service has. A new service gets 1."),
    ),
    path="Mode",
    encode=mode,
    show=show_mode,
)

SPEC = (
    Field("image", f"{CONTAINER}.Image", "str", "Image of the containers.", encode=image_name),
    Field(
        "command",
        f"{CONTAINER}.Command",
        "raw",
        "Entrypoint instead of the image's: a list, or a string that is split as a shell does.",
        encode=argv,
    ),
    Field("args", f"{CONTAINER}.Args", "list", "Arguments instead of the image's command.", elements="str"),
    Field(
        "env",
        f"{CONTAINER}.Env",
        "raw",
        "Environment: a dict, or a list of C(NAME=value).",
        encode=environment,
        canonical=show_environment,
    ),
    Field("hostname", f"{CONTAINER}.Hostname", "str", "Hostname of the containers; may be a template."),
    Field("user", f"{CONTAINER}.User", "str", "User the process runs as."),
    Field("container_labels", f"{CONTAINER}.Labels", "dict", "Labels of the containers.", encode=strings),
    Field(
        "stop_grace_period",
        f"{CONTAINER}.StopGracePeriod",
        "str",
        "Time between stopping and killing a container.",
        engine_default=10 * SECOND,
        **DURATION,
    ),
    Field(
        "healthcheck",
        f"{CONTAINER}.Healthcheck",
        "dict",
        "How the Engine finds out whether a container is healthy. A task runs only once it is.",
        parts=HEALTHCHECK,
    ),
    Field(
        "restart_config", f"{TASK}.RestartPolicy", "dict", "Restarts of tasks that ended.", parts=RESTART, whole=True
    ),
    Field("placement", f"{TASK}.Placement", "dict", "Where tasks may run.", parts=PLACEMENT),
    Field(
        "networks",
        f"{TASK}.Networks",
        "list",
        "Networks of the containers, as names or as dicts.",
        elements="raw",
        parts=NETWORK,
        key="name",
    ),
    Field("labels", "Labels", "dict", "Labels of the service.", encode=strings),
    MODE,
    Field("update_config", "UpdateConfig", "dict", "How tasks are replaced.", parts=UPDATE, whole=True),
    Field("rollback_config", "RollbackConfig", "dict", "How a rollback replaces tasks.", parts=ROLLBACK, whole=True),
    Field(
        "endpoint_mode",
        "EndpointSpec.Mode",
        "str",
        "V(vip) gives the service an address of its own, V(dnsrr) the addresses of its tasks.",
        choices=("vip", "dnsrr"),
        engine_default="vip",
    ),
    Field(
        "publish",
        "EndpointSpec.Ports",
        "list",
        "Ports that are reachable from outside.",
        elements="dict",
        parts=PUBLISH,
        key="published_port",
    ),
)

ONE = (NAME, *STEERING, *SPEC)

SERVICE = (
    *ONE,
    Field(
        "services",
        "",
        "list",
        "Several services, planned, applied and waited for together. Instead of all options of one service.",
        elements="dict",
        parts=ONE,
    ),
)
