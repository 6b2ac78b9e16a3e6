# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the module of a task on another host of the inventory, where only an action plugin knows on which.

``delegate_to`` is decided before a task runs, so what it does is done here: connection, shell and become plugins get
the variables that ``hostvars`` has of the other host, and the keywords of the task.
"""

from __future__ import annotations

from ansible import constants as C
from ansible.errors import AnsibleConnectionFailure
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.loader import become_loader, connection_loader
from ansible.template import Templar

from .pipelining import pipes


def run_on(action, host: str, hostvars, args: dict) -> dict:
    """The result of the task's module with these arguments on that host."""
    variables = hostvars.raw_get(host)
    templar = Templar(loader=action._loader, variables=variables)
    task = action._task.copy()
    task.args, task.delegate_to = args, None
    context = action._play_context.copy()
    context.remote_addr = templar.template(variables.get("ansible_host", host))
    handler = action._shared_loader_obj.action_loader.get(
        "ansible.builtin.normal",
        task=task,
        connection=connect(task, context, templar, variables),
        play_context=context,
        loader=action._loader,
        templar=templar,
        shared_loader_obj=action._shared_loader_obj,
    )
    pipes(handler)
    try:
        return handler.run(task_vars=variables)
    except AnsibleConnectionFailure as exc:
        return {"failed": True, "msg": f"host {host} cannot be reached: {exc}", "failure": {"reason": "unreachable"}}
    finally:
        handler._connection.close()


def connect(task, context, templar, variables):
    """A connection with the plugins and options that the variables and the task say."""
    context.connection = templar.template(variables.get("ansible_connection", task.connection))
    connection = connection_loader.get(context.connection, context, task_uuid=task._uuid)
    keys = {key: value for key, value in task.dump_attrs().items() if key != "retries"}
    # A task's timeout is its own, and what was typed on the command line is known to the play alone.
    keys["timeout"] = context.timeout
    keys.update({key: getattr(context, key) for key in ("password", "become_pass") if getattr(context, key)})
    become = None
    if boolean(templar.template(variables.get("ansible_become", task.become or False))):
        become = become_loader.get(templar.template(variables.get("ansible_become_method", task.become_method)))
    connection.set_become_plugin(become)
    for kind, plugin in (("connection", connection), ("shell", connection._shell), ("become", become)):
        if plugin:
            names = C.config.get_plugin_vars(kind, plugin._load_name)
            options = {name: templar.template(variables[name]) for name in names if name in variables}
            plugin.set_options(task_keys=keys, var_options=options)
    return connection
