# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of module registry_login."""

from __future__ import annotations

from dataclasses import replace

from ..core.client import CONNECTION
from ..core.fields import Field

STATES = ("present", "absent")
UNUSED = "Taken so that C(module_defaults) of the action group fit, and not used, as no Engine is asked."

USERNAME = Field("username", "", "str", "Name of the user. Needed to log in.")
PASSWORD = Field("password", "", "str", "Password, or a token that is used as one. Needed to log in.", secret=True)
CA_CERT = Field(
    "ca_cert",
    "",
    "str",
    "Certificates of the authority of the registry, as PEM text or as a file on the host. Those that the system trusts "
    "and those that the Engine has for the registry (C(/etc/docker/certs.d)) count as well.",
)
INSECURE = Field(
    "insecure",
    "",
    "bool",
    "Send the password to a registry whose certificate is not checked, or that speaks plain HTTP. Without it such a "
    "registry is refused.",
    default=False,
)

REGISTRY = (
    Field(
        "registry",
        "",
        "str",
        "Name of the registry, with its port. V(docker.io) and its other names are Docker Hub.",
        required=True,
        aliases=("registry_url", "url"),
    ),
    USERNAME,
    PASSWORD,
    CA_CERT,
    INSECURE,
    Field("state", "", "str", "Logged in or not. Without it as O(state).", choices=STATES),
)

LOGIN = (
    Field(
        "registry_url",
        "",
        "str",
        "Name or address of one registry. Without it, and without O(registries), Docker Hub.",
        aliases=("registry", "url"),
    ),
    USERNAME,
    PASSWORD,
    CA_CERT,
    INSECURE,
    Field(
        "registries",
        "",
        "list",
        "Several registries, in place of O(registry_url), O(username), O(password), O(ca_cert) and O(insecure).",
        elements="dict",
        parts=REGISTRY,
    ),
    Field(
        "state",
        "",
        "str",
        "V(present) stores the credentials. V(absent) removes whatever is stored for the registry.",
        choices=STATES,
        default="present",
    ),
    Field(
        "verify",
        "",
        "str",
        "V(registry) asks the registry whether it takes the credentials before they are stored. V(none) asks nobody.",
        choices=("registry", "none"),
        default="registry",
    ),
    Field(
        "reauthorize",
        "",
        "bool",
        "Ask the registry even if these credentials are stored already, and store them in place of an identity token.",
        default=False,
        aliases=("reauth",),
    ),
    Field(
        "owner",
        "",
        "str",
        "User of the host whose credentials these are. Without it the user of the task. Another than that needs root.",
    ),
    Field(
        "config_path",
        "",
        "path",
        "Docker's configuration file. Without it C(config.json) in E(DOCKER_CONFIG) or C(~/.docker).",
        aliases=("dockercfg_path",),
    ),
    Field("timeout", "", "int", "Seconds to wait for one answer of a registry.", default=30),
    *(
        # ca_cert is another option here.
        replace(field, help=UNUSED, aliases=() if field.option == "ca_path" else field.aliases)
        for field in CONNECTION
        if field.option != "timeout"
    ),
)
