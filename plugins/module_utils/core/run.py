# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way through: observe, plan, apply, wait, read again; and the frame of every module."""

from __future__ import annotations

import time

from ansible.module_utils.basic import AnsibleModule

from .client import CONNECTION, Client
from .errors import NotManager, OutOfSequence, SwarmError
from .fields import Field, argument_spec

WAIT = (
    Field("wait", "", "bool", "Return when the change has really taken effect, or tell why it has not.", default=True),
    Field("wait_timeout", "", "int", "Seconds to wait at the most.", default=300),
)

QUERY = (
    Field(
        "query",
        "",
        "str",
        "A JMESPath expression that is evaluated on the controller over what this module returns, as RV(query_result). "
        "It takes the Python library jmespath on the controller, and none on the host.",
    ),
)

OUT_OF_SEQUENCE_TRIES = 10


def make_module(*tables, **rules) -> AnsibleModule:
    """An AnsibleModule with the options of the tables and of the connection; ``rules`` as in AnsibleModule."""
    spec: dict = {}
    for table in (*tables, CONNECTION):
        spec.update(argument_spec(table))
    rules.setdefault("supports_check_mode", True)
    return AnsibleModule(argument_spec=spec, **rules)


def finish(module, work, credentials=None) -> None:
    """End the module with what ``work(client)`` returns, or with its SwarmError as ``msg`` and ``failure``.

    ``warnings`` of the result are shown as such. ``credentials(params, warn)`` has the ``headers`` for images.
    """
    try:
        client = Client(module.params)
        if credentials:
            client.image_headers = credentials(module.params, module.warn).headers
        result = run(work, client)
        for warning in result.pop("warnings", ()):
            module.warn(warning)
        module.exit_json(**result)
    except SwarmError as exc:
        module.fail_json(msg=str(exc), failure={"reason": exc.reason, **exc.details}, **exc.result)


def run(work, client) -> dict:
    """What ``work(client)`` returns; where the Engine wants a manager and is none, the error says which Engine is."""
    try:
        return work(client)
    except NotManager as exc:
        if exc.status is None:
            raise
        raise NotManager(where_to_run(client.get("/info")["Swarm"]), status=exc.status, result=exc.result) from exc


def where_to_run(swarm: dict) -> str:
    """Where a module runs that needs a manager, as an Engine that is none knows it."""
    managers = ", ".join(sorted(manager["Addr"] for manager in swarm.get("RemoteManagers") or ()))
    if swarm["LocalNodeState"] == "inactive":
        return "this Engine is in no swarm; run this task on a manager, or build a swarm with flotilla.swarm.cluster"
    if not managers:
        return f"this Engine is no manager of a swarm (its membership is {swarm['LocalNodeState']}); use one that is"
    return f"this Engine is a worker of its swarm; run this task on one of its managers: {managers}"


def converge(observe, plan, apply, check_mode):
    """Plan what ``observe()`` returns and apply it, and return ``(plan, observed)``.

    If the object changed between the read and the write, everything starts again with a new read and a new plan.
    """
    tries = 0
    while True:
        observed = observe()
        planned = plan(observed)
        if check_mode or not planned.changed:
            return planned, observed
        try:
            apply(planned, observed)
            return planned, observed
        except OutOfSequence:
            tries += 1
            if tries == OUT_OF_SEQUENCE_TRIES:
                raise


class Stopwatch:
    """Seconds since it was made, for ``elapsed``."""

    def __init__(self, now=time.monotonic):
        self.now, self.start = now, now()

    def read(self) -> float:
        return round(self.now() - self.start, 2)
