# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a stack, and the declaration that its Compose files become on the controller."""

from __future__ import annotations

from ..config.fields import CONFIG
from ..core.fields import Field
from ..network.fields import NETWORK
from ..secret.fields import SECRET
from ..service.fields import SPEC
from ..service.steering import NAME, STEERING

# Where docker's own command says which stack an object belongs to, and which image a service was declared with.
NAMESPACE = "com.docker.stack.namespace"
IMAGE = "com.docker.stack.image"

READING = (
    Field(
        "compose",
        "",
        "list",
        (
            "What the stack is: files, or definitions as dicts, later ones merged into the first. A file is a Compose "
            "file of version 3.0 to 3.13, one without a version as docker compose reads it, or a C(.dab) bundle.",
            "Files are read on the controller, relative to the playbook or role, or else to where Ansible was started, "
            "unless O(remote_src=true). "
            "Paths in a file are relative to the directory of the first one.",
            "What it does not say goes back to its default.",
        ),
        elements="raw",
        aliases=("compose_files",),
    ),
    Field(
        "remote_src",
        "",
        "bool",
        "Read O(compose), O(env_files) and what they name on the host that the task runs on.",
        default=False,
    ),
    Field("template", "", "bool", "Fill in the files of O(compose) as Jinja2 templates first.", default=False),
    Field(
        "env", "", "dict", "Variables for the C(${NAME}) of the files. They win over those of O(env_files).", default={}
    ),
    Field(
        "env_files",
        "",
        "list",
        "Files with variables, one C(NAME=VALUE) a line, as C(.env) of docker compose. Later ones win.",
        elements="str",
        default=[],
    ),
    Field(
        "controller_env",
        "",
        "bool",
        "Let variables that O(env) and O(env_files) lack come from the environment of the controller.",
        default=False,
    ),
    Field(
        "allow_unset",
        "",
        "bool",
        "Take a variable that nobody has set for empty, with a warning. Without it that is an error, unless the file "
        "gives a default.",
        default=False,
    ),
)

# The options that each kind of object is declared with.
OBJECTS = {"networks": NETWORK, "secrets": SECRET, "configs": CONFIG, "services": (NAME, *STEERING, *SPEC)}

EXPECTED = tuple(
    Field(kind, "", "list", f"Names of {kind}.", elements="str", default=[])
    for kind in ("networks", "secrets", "configs")
)

APPLYING = (
    Field("name", "", "str", "Name of the stack.", required=True),
    Field(
        "state",
        "",
        "str",
        (
            "V(absent) removes all that belongs to the stack, and returns when its tasks and networks are gone.",
            "V(rolled_back) brings the stack back to what an earlier deploy made of it, see O(history).",
        ),
        choices=("present", "absent", "rolled_back"),
        default="present",
    ),
    Field(
        "prune",
        "",
        "bool",
        "Remove services, networks, secrets and configs that carry the label of the stack, that its files do not have "
        "(any more) and that nothing uses; at the end, and only if all went well.",
        default=False,
    ),
    Field(
        "recreate",
        "",
        "bool",
        "Where the Engine refuses a change, as of the mode of a service or of any option of a network, remove the "
        "object and create it again. Without it such a change is an error.",
        default=False,
    ),
    Field(
        "resolve_image",
        "",
        "str",
        "Whether registries are asked for the digests of images, as O(flotilla.swarm.service#module:resolve_image).",
        choices=("always", "changed", "never"),
        default="never",
    ),
    Field(
        "resolve_image_failure",
        "",
        "str",
        "What happens where the registry does not tell a digest, as "
        "O(flotilla.swarm.service#module:resolve_image_failure).",
        choices=("fail", "keep"),
        default="fail",
    ),
    Field(
        "pre_checks",
        "",
        "list",
        (
            "What is checked before anything is changed. V(images): that this Engine or the registry has each image; "
            "the registry in any case if there are credentials for it. "
            "V(placement): that nodes which are ready meet the constraints and are large enough. V(ports): that no "
            "service of others has the published ports. What is wrong is told together, in check mode as well.",
            "V(credentials) tells for which registries of the images docker's configuration on this host has "
            "credentials, as RV(stack.registries), and is no failure where there are none. Role "
            "P(flotilla.swarm.deploy#role) checks the other nodes by it.",
        ),
        elements="str",
        choices=("credentials", "images", "placement", "ports"),
        default=[],
    ),
    Field(
        "pre_pull",
        "",
        "bool",
        (
            "Before anything is changed, pull each image that a service newly gets on every node that may run it, with "
            "the credentials that the service gets. If one of them cannot, nothing is changed.",
            "A job of the swarm does it for each image and is removed again, within O(wait_timeout). Nodes that are "
            "drained or do not meet the placement are left out.",
        ),
        default=False,
    ),
    Field(
        "expected",
        "",
        "dict",
        "External objects that will be there by the time of the deploy, which check mode then takes for present. In a "
        "real run it says nothing.",
        parts=EXPECTED,
    ),
    Field(
        "rollback_on_failure",
        "",
        "str",
        (
            "What goes back if a service fails. V(stack): all services that this run changed get back what they were, "
            "and what it made is removed. V(service): only the services that failed. V(none): nothing.",
            "With O(wait=false) nobody finds out about failures.",
        ),
        choices=("stack", "service", "none"),
        default="stack",
    ),
    Field(
        "history",
        "",
        "int",
        "How many deploys to keep for O(state=rolled_back), in configs of the swarm: the specs of the services, and no "
        "value of a secret. Versions of secrets and configs that one of them uses are kept as well. V(0) keeps no "
        "new one.",
        default=0,
    ),
    Field(
        "deploy",
        "",
        "int",
        "With O(state=rolled_back), the number of the deploy to go back to, as M(flotilla.swarm.stack_info) tells it. "
        "Without it the one before the last; each such run goes back one more.",
    ),
    Field("detach", "", "bool", "V(true) means O(wait=false), and V(false) O(wait=true)."),
    Field(
        "absent_retries",
        "",
        "int",
        "Has no effect, and is here for playbooks that were written for another module: removals are waited for.",
    ),
    Field("absent_retries_interval", "", "int", "Has no effect either."),
)

DECLARED = (
    Field(
        "declaration",
        "",
        "dict",
        "What the files have become. It belongs to the action plugin of this module; leave it out.",
    ),
    Field(
        "secret_data",
        "",
        "dict",
        "The data of secrets in base64, by name. It belongs to the action plugin as well; leave it out.",
        secret=True,
    ),
)

STACK = (*APPLYING, *READING, *DECLARED)

STACK_INFO = (Field("name", "", "list", "Stacks to return. Without it all are.", elements="str"), *READING, *DECLARED)
