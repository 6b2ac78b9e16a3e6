# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in the containers of a service, and in which surroundings."""

from __future__ import annotations

from ..core.fields import Field
from ..core.values import SECOND, as_set, duration, show_duration, strings
from .environment import ENVIRONMENT
from .paths import CONTAINER, TASK
from .values import addresses, argv, hosts, image_name, show_hosts

LOGGING = (
    Field("driver", "Name", "str", "Name of the driver. Without it the Engine's own."),
    Field("options", "Options", "dict", "Options of the driver.", encode=strings),
)

PROCESS = (
    Field("image", f"{CONTAINER}.Image", "str", "Image of the containers.", encode=image_name),
    Field(
        "command",
        f"{CONTAINER}.Command",
        "raw",
        "Entrypoint instead of the image's: a list, or a string that is split as a shell does.",
        encode=argv,
    ),
    Field("args", f"{CONTAINER}.Args", "list", "Arguments instead of the image's command.", elements="str"),
    ENVIRONMENT,
    Field("working_dir", f"{CONTAINER}.Dir", "str", "Directory that the process starts in."),
    Field("user", f"{CONTAINER}.User", "str", "User the process runs as."),
    Field(
        "groups",
        f"{CONTAINER}.Groups",
        "list",
        "Further groups of the process, by name or number.",
        elements="str",
        canonical=as_set,
    ),
    Field(
        "init",
        f"{CONTAINER}.Init",
        "bool",
        "Run an init process that forwards signals and reaps processes. As each Engine is configured, where it was "
        "never set.",
    ),
    Field("tty", f"{CONTAINER}.TTY", "bool", "Give the process a terminal.", engine_default=False),
    Field(
        "stdin",
        f"{CONTAINER}.OpenStdin",
        "bool",
        "Keep the standard input of the process open.",
        aliases=("open_stdin", "stdin_open"),
        engine_default=False,
    ),
    Field("read_only", f"{CONTAINER}.ReadOnly", "bool", "Let nothing write to the image.", engine_default=False),
    Field("stop_signal", f"{CONTAINER}.StopSignal", "str", "Signal that stops the process, instead of the image's."),
    Field(
        "stop_grace_period",
        f"{CONTAINER}.StopGracePeriod",
        "str",
        "Time between stopping and killing a container.",
        engine_default=10 * SECOND,
        encode=duration,
        canonical=show_duration,
    ),
    Field("container_labels", f"{CONTAINER}.Labels", "dict", "Labels of the containers.", encode=strings),
    Field(
        "logging",
        f"{TASK}.LogDriver",
        "dict",
        "Where the containers' output goes, instead of the Engine's setting.",
        parts=LOGGING,
    ),
)

NAMES = (
    Field("hostname", f"{CONTAINER}.Hostname", "str", "Hostname of the containers; may be a template."),
    Field(
        "hosts",
        f"{CONTAINER}.Hosts",
        "dict",
        "Further entries of C(/etc/hosts): the address of each name, or a list of addresses.",
        encode=hosts,
        canonical=show_hosts,
    ),
    Field(
        "dns",
        f"{CONTAINER}.DNSConfig.Nameservers",
        "list",
        "Addresses of name servers.",
        elements="str",
        encode=addresses,
    ),
    Field("dns_search", f"{CONTAINER}.DNSConfig.Search", "list", "Domains to search for names.", elements="str"),
    Field("dns_options", f"{CONTAINER}.DNSConfig.Options", "list", "Options of the resolver.", elements="str"),
)
