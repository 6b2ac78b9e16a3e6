# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the processes of a container may do."""

from __future__ import annotations

import base64
import json

from ..core.errors import InvalidOption
from ..core.fields import Field
from ..core.values import strings
from .paths import CONTAINER
from .values import capabilities


def one_source(value):
    """A credential spec that has one source."""
    given = [name for name in ("config", "file", "registry") if value.get(name)]
    if len(given) > 1:
        raise InvalidOption(f"{' and '.join(given)} exclude each other; give one of config, file and registry")
    return value


def with_mode(value):
    """A seccomp setting whose mode fits its profile."""
    mode, profile = value.get("mode"), value.get("profile")
    if profile and mode in ("default", "unconfined"):
        raise InvalidOption(f"profile is for mode custom, and the mode is {mode}; leave one of them out")
    if mode == "custom" and not profile:
        raise InvalidOption("mode custom needs a profile; give its JSON in profile")
    return {**value, "mode": "custom"} if profile else value


def profile(value):
    """A seccomp profile as the Engine's API carries it."""
    try:
        carried = base64.b64encode(value.encode()).decode() if isinstance(json.loads(value), dict) else None
    except ValueError:
        carried = None
    if carried is None:
        raise InvalidOption("this is no JSON object; give the content of a seccomp profile, not the name of its file")
    return carried


def show_profile(value):
    """The JSON of a profile in one form, whatever its spaces and the order of its keys."""
    if not isinstance(value, str):
        return value
    try:
        text = value if value.lstrip().startswith("{") else base64.b64decode(value, validate=True).decode()
        parsed = json.loads(text)
    except ValueError:
        return value
    return json.dumps(parsed, sort_keys=True) if isinstance(parsed, dict) else value


def score(value):
    """A score of the kernel."""
    if not -1000 <= value <= 1000:
        raise InvalidOption(f"{value} is not between -1000 and 1000")
    return value


CREDENTIAL_SPEC = (
    Field("config", "Config", "str", "Name of the config that holds it."),
    Field("file", "File", "str", "Name of a file in the Engine's directory of credential specs."),
    Field("registry", "Registry", "str", "Name of a value in the registry of Windows."),
)

SECCOMP = (
    Field(
        "mode",
        "Mode",
        "str",
        "V(default) is the Engine's own profile. V(custom) needs O(privileges.seccomp.profile), which implies it.",
        choices=("default", "unconfined", "custom"),
        engine_default="default",
    ),
    Field("profile", "Profile", "json", "The profile itself.", encode=profile, canonical=show_profile),
)

SELINUX_CONTEXT = (
    Field("disable", "Disable", "bool", "Turn SELinux off.", engine_default=False),
    Field("user", "User", "str", "User of the label."),
    Field("role", "Role", "str", "Role of the label."),
    Field("type", "Type", "str", "Type of the label."),
    Field("level", "Level", "str", "Level of the label."),
)

PRIVILEGES = (
    Field(
        "credential_spec",
        "CredentialSpec",
        "dict",
        "Credential spec of a managed service account, for Windows: one of three sources.",
        parts=CREDENTIAL_SPEC,
        prepare=one_source,
        atomic=True,
    ),
    Field(
        "seccomp",
        "Seccomp",
        "dict",
        "System calls that are allowed.",
        since="1.44",
        parts=SECCOMP,
        prepare=with_mode,
        atomic=True,
    ),
    Field(
        "apparmor",
        "AppArmor.Mode",
        "str",
        "Whether the Engine's AppArmor profile applies.",
        choices=("default", "disabled"),
        since="1.44",
        engine_default="default",
    ),
    Field("selinux_context", "SELinuxContext", "dict", "SELinux label of the containers.", parts=SELINUX_CONTEXT),
    Field(
        "no_new_privileges",
        "NoNewPrivileges",
        "bool",
        "Let no process gain privileges, for example through set-user-ID.",
        since="1.44",
        engine_default=False,
    ),
)

CAPABILITIES = {"encode": capabilities, "canonical": capabilities}

SECURITY = (
    Field(
        "cap_add",
        f"{CONTAINER}.CapabilityAdd",
        "list",
        "Capabilities beside those that containers have, such as V(NET_ADMIN), or V(ALL).",
        elements="str",
        **CAPABILITIES,
    ),
    Field(
        "cap_drop",
        f"{CONTAINER}.CapabilityDrop",
        "list",
        "Capabilities to take from containers.",
        elements="str",
        **CAPABILITIES,
    ),
    Field("privileges", f"{CONTAINER}.Privileges", "dict", "How containers are confined.", parts=PRIVILEGES),
    Field("sysctls", f"{CONTAINER}.Sysctls", "dict", "Kernel parameters of the containers.", encode=strings),
    Field(
        "oom_score_adj",
        f"{CONTAINER}.OomScoreAdj",
        "int",
        "How readily the kernel kills a container that is out of memory, from V(-1000) to V(1000).",
        since="1.46",
        engine_default=0,
        encode=score,
    ),
    Field(
        "isolation",
        f"{CONTAINER}.Isolation",
        "str",
        "Isolation of containers on Windows.",
        choices=("default", "process", "hyperv"),
        engine_default="default",
    ),
)
