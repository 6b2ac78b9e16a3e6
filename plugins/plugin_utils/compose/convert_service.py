# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service of a project becomes: options of the module flotilla.swarm.service."""

from __future__ import annotations

from ...module_utils.core.errors import InvalidOption
from ...module_utils.service.planning import TABLE
from ...module_utils.service.resolve import complete
from .convert_deploy import mode, placement, resources, restart_config, rollout
from .convert_mounts import mounts
from .convert_objects import user_defined
from .convert_stack import IMAGE, Stack
from .references import networks_of
from .values import capabilities, compact, duration, host, image, nonzero

# What has another name in the module, and nothing else.
RENAMED = {
    "entrypoint": "command",
    "command": "args",
    "environment": "env",
    "working_dir": "working_dir",
    "user": "user",
    "hostname": "hostname",
    "stop_signal": "stop_signal",
    "init": "init",
    "isolation": "isolation",
    "sysctls": "sysctls",
    "dns": "dns",
    "dns_search": "dns_search",
    "dns_opt": "dns_options",
    "group_add": "groups",
}
# The same for what says nothing as false or zero.
SWITCHES = {"tty": "tty", "stdin_open": "stdin", "read_only": "read_only", "oom_score_adj": "oom_score_adj"}
DURATIONS = dict.fromkeys(("interval", "timeout", "start_period", "start_interval"), duration)
CREDENTIAL_SPEC = ("config", "file", "registry")


def service(stack: Stack, key: str, given: dict) -> dict:
    """The options of one service."""
    path, deploy, known = ("services", key), given.get("deploy") or {}, len(stack.problems.found)
    written = given.get("image") or ""
    added, dropped = capabilities(given.get("cap_add"), given.get("cap_drop"))
    options = compact(
        {
            "name": stack.scoped(key),
            "image": named_image(stack, path, written),
            **{option: given.get(name) for name, option in RENAMED.items()},
            **{option: given.get(name) or None for name, option in SWITCHES.items()},
            "labels": {**stack.labels(deploy.get("labels")), IMAGE: written},
            "container_labels": stack.labels(given.get("labels")),
            "stop_grace_period": stack.read((*path, "stop_grace_period"), duration, given.get("stop_grace_period")),
            "hosts": hosts(stack, (*path, "extra_hosts"), given.get("extra_hosts")),
            "cap_add": added,
            "cap_drop": dropped,
            "ulimits": ulimits(given.get("ulimits")),
            "privileges": credential_spec(stack, (*path, "credential_spec"), given.get("credential_spec")),
            "healthcheck": healthcheck(stack, (*path, "healthcheck"), given.get("healthcheck")),
            "logging": compact(given.get("logging") or {}),
            "mounts": mounts(stack, (*path, "volumes"), given.get("volumes")),
            "secrets": references(stack, path, "secrets", given.get("secrets")),
            "configs": references(stack, path, "configs", given.get("configs")),
            "networks": networks(stack, key, given),
            "publish": ports(given.get("ports")),
            "endpoint_mode": (deploy.get("endpoint_mode") or "").lower(),
            **mode(stack, (*path, "deploy"), deploy),
            "update_config": rollout(stack, (*path, "deploy", "update_config"), deploy.get("update_config")),
            "rollback_config": rollout(stack, (*path, "deploy", "rollback_config"), deploy.get("rollback_config")),
            "restart_config": restart_config(stack, path, given.get("restart"), deploy.get("restart_policy")),
            "placement": placement(deploy.get("placement") or {}),
            **resources(stack, (*path, "deploy", "resources"), deploy.get("resources") or {}),
        }
    )
    if len(stack.problems.found) == known:
        check(stack, path, options)
    return options


def check(stack: Stack, path: tuple, options: dict) -> None:
    """What the module would refuse of a service is a problem of the file."""
    try:
        stack.check(path, TABLE, complete(options, None, {}, {}))
    except InvalidOption as exc:
        stack.wrong(path, str(exc))


def named_image(stack: Stack, path: tuple, written: str):
    """The image of a service, which must have one."""
    if not written:
        stack.wrong((*path, "image"), "this service has no image; Swarm does not build any, so name one in image")
        return None
    return stack.read((*path, "image"), image, written)


def hosts(stack: Stack, path: tuple, given: list | None) -> dict:
    """Addresses by name, in the order of the file; a name with several addresses has a list."""
    found: dict = {}
    for index, entry in enumerate(given or ()):
        pair = stack.read((*path, index), host, entry)
        if pair:
            found.setdefault(pair[0], []).append(pair[1])
    return {name: addresses[0] if len(addresses) == 1 else addresses for name, addresses in found.items()}


def ulimits(given: dict | None) -> list:
    """Ulimits by name."""
    return [
        {"name": name, "soft": limit["soft"], "hard": limit["hard"]} for name, limit in sorted((given or {}).items())
    ]


def credential_spec(stack: Stack, path: tuple, given: dict | None) -> dict:
    """The one source of a credential spec; a config by its name in the swarm."""
    found = compact({source: (given or {}).get(source) for source in CREDENTIAL_SPEC})
    if len(found) > 1:
        stack.wrong(path, f"{' and '.join(found)} exclude each other; give one of them")
        return {}
    if "config" in found:
        found["config"] = stack.full_name("configs", found["config"])
    return compact({"credential_spec": found})


def healthcheck(stack: Stack, path: tuple, given: dict | None) -> dict:
    """How a container is tested, or that it is not."""
    given = given or {}
    if given.get("disable"):
        if given.get("test"):
            stack.wrong(path, "test and disable exclude each other; leave one of them out")
        return {"test": ["NONE"]}
    times = stack.read_each(path, given, DURATIONS)
    return nonzero({"test": given.get("test"), "retries": given.get("retries"), **times})


def references(stack: Stack, path: tuple, section: str, given: list | None) -> list:
    """The secrets or configs that a service has as files, by name."""
    found, files = [], {}
    for index, item in enumerate(given or ()):
        place, source = (*path, section, index), item["source"]
        file = item.get("target") or source
        if file in files:
            stack.wrong(place, f"{files[file]} is the file {file} already; give one of them another target")
        files.setdefault(file, source)
        mode_of_file = 0o444 if item.get("mode") is None else item["mode"]
        owner = {"uid": item.get("uid") or "0", "gid": item.get("gid") or "0"}
        name = stack.full_name(section, source)
        found.append({f"{section[:-1]}_name": name, "filename": file, **owner, "mode": mode_of_file})
    return sorted(found, key=lambda reference: reference[f"{section[:-1]}_name"])


def networks(stack: Stack, key: str, service: dict) -> list:
    """The networks of a service, by name; it can be reached by its own name in each."""
    found = []
    for network, given in networks_of(service).items():
        name, given = stack.full_name("networks", network), given or {}
        aliases = [*(given.get("aliases") or ()), *([key] if user_defined(name) else ())]
        found.append(compact({"name": name, "aliases": aliases, "options": given.get("driver_opts")}))
    return sorted(found, key=lambda network: network["name"])


def ports(given: list | None) -> list:
    """Published ports in their order; those that the swarm chooses come first."""
    found = [
        compact(
            {
                "published_port": item.get("published") or None,
                "target_port": item["target"],
                "protocol": item.get("protocol"),
                "mode": item.get("mode"),
            }
        )
        for item in given or ()
    ]
    return sorted(found, key=lambda port: port.get("published_port", 0))
