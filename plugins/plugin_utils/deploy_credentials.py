# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the nodes are logged in to the registries of the images that are to be deployed."""

from __future__ import annotations

from ansible_collections.flotilla.swarm.plugins.module_utils.registry.names import same_registry

REMEDY = (
    "log all nodes in with playbook flotilla.swarm.registry_login, or take credentials out of swarm_deploy_pre_checks "
    "if nobody but the services needs them"
)
# What the option is called that names a registry.
NAMES = ("registry", "registry_url", "url")


def registries(plans: dict, declared: list) -> dict:
    """The registries that every node must have credentials for, with their images.

    They are those of the images that are planned, if the inventory declares them or the manager is logged in to them.
    ``declared`` are those of the inventory; one that nodes are to be logged out of does not count.
    """
    mine = {key_of(one[name]) for one in declared for name in NAMES if name in one and one.get("state") != "absent"}
    found: dict = {}
    for plan in plans.values():
        for row in plan["stack"].get("registries") or ():
            if row["resolved"] or key_of(row["registry"]) in mine:
                known = found.setdefault(row["registry"], [])
                known += [image for image in row["images"] if image not in known]
    return found


def key_of(name: str) -> str:
    """One name for a registry, whatever its spelling."""
    return same_registry(name).lower()


def failures(answers: dict, wanted: dict) -> str:
    """Why nothing is deployed; empty if all nodes have all credentials.

    ``answers`` are results of module registry_info by host; a host that could not be reached has no say.
    """
    there = {host: answer for host, answer in answers.items() if not answer.get("unreachable")}
    told = [
        f"{name} (for {', '.join(images)}): no credentials on {', '.join(lacking)}"
        for name, images in wanted.items()
        for lacking in [[host for host, answer in there.items() if lacks(answer, name)]]
        if lacking
    ]
    told += [f"{host}: {text}" for host, answer in there.items() for text in errors(answer, wanted)]
    first = "nothing was changed, as not every node is logged in to the registries of the images:"
    return "\n".join([first, *told, REMEDY]) if told else ""


def lacks(answer: dict, name: str) -> bool:
    """Whether a host has said that it has nothing for a registry."""
    return any(not row["resolved"] and not row["error"] for row in rows(answer) if row["registry"] == name)


def errors(answer: dict, wanted: dict) -> list:
    """Why it is not known what a host has."""
    if answer.get("msg"):
        return [str(answer["msg"])]
    return [f"{row['registry']}: {row['error']}" for row in rows(answer) if row["error"] and row["registry"] in wanted]


def rows(answer: dict) -> list:
    """What a host has said of each registry."""
    return answer.get("registries") or []
