# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of containers are set to in turn, and what the Engine then has."""

from __future__ import annotations

from options.tests.steps import CONTAINER, SECOND, UNSET, Case, flag, item, labels, one, words


def reference(word, engine_word, first, second):
    """A secret or a config as a file."""
    path = f"{CONTAINER}.{engine_word}s.0"
    name, identity = f"{word}_name", f"{word}_id"
    return (
        item(f"{word}s.{name}", f"{path}.{engine_word}Name", {}, (first, first), (second, second)),
        item(
            f"{word}s.{identity}",
            f"{path}.{engine_word}Name",
            {},
            (f"ID of {first}", first),
            (f"ID of {second}", second),
        ),
        item(f"{word}s.filename", f"{path}.File.Name", {name: first}, ("a", "a"), ("/b", "/b"), (UNSET, first)),
        item(f"{word}s.uid", f"{path}.File.UID", {name: first}, ("1", "1"), ("1000", "1000"), (UNSET, "0")),
        item(f"{word}s.gid", f"{path}.File.GID", {name: first}, ("1", "1"), ("1000", "1000"), (UNSET, "0")),
        item(f"{word}s.mode", f"{path}.File.Mode", {name: first}, ("0400", 0o400), (0o440, 0o440), (UNSET, 0o444)),
    )


BIND = {"target": "/d", "source": "/srv"}
VOLUME = {"target": "/d", "source": "v", "type": "volume"}
TMPFS = {"target": "/d", "type": "tmpfs"}
MOUNT = f"{CONTAINER}.Mounts.0"

CONTAINER_CASES = (
    one("image", f"{CONTAINER}.Image", ("flotilla/web:2", "flotilla/web:2"), ("flotilla/web:1", "flotilla/web:1")),
    one(
        "command", f"{CONTAINER}.Command", ("sleep '1 2'", ["sleep", "1 2"]), (["sleep", 3], ["sleep", "3"]), ("", None)
    ),
    words("args", f"{CONTAINER}.Args"),
    one("env", f"{CONTAINER}.Env", ({"B": 2, "A": "1"}, ["A=1", "B=2"]), (["A=3"], ["A=3"]), ({}, None)),
    one(
        "env_files", f"{CONTAINER}.Env", (["first"], ["A=1", "B=2"]), (["first", "second"], ["A=3", "B=2"]), ([], None)
    ),
    one("working_dir", f"{CONTAINER}.Dir", ("/a", "/a"), ("/b", "/b"), ("", None)),
    one("user", f"{CONTAINER}.User", ("a", "a"), ("1000:1000", "1000:1000"), ("", None)),
    words("groups", f"{CONTAINER}.Groups"),
    one("init", f"{CONTAINER}.Init", (True, True), (False, False)),
    flag("tty", f"{CONTAINER}.TTY"),
    flag("stdin", f"{CONTAINER}.OpenStdin"),
    flag("read_only", f"{CONTAINER}.ReadOnly"),
    one("stop_signal", f"{CONTAINER}.StopSignal", ("SIGINT", "SIGINT"), ("SIGQUIT", "SIGQUIT"), ("", None)),
    one("stop_grace_period", f"{CONTAINER}.StopGracePeriod", ("5s", 5 * SECOND), ("1m", 60 * SECOND), ("", None)),
    labels("container_labels", f"{CONTAINER}.Labels"),
    one("logging.driver", "TaskTemplate.LogDriver.Name", ("local", "local"), ("json-file", "json-file"), ("", None)),
    labels("logging.options", "TaskTemplate.LogDriver.Options"),
    one("logging", "TaskTemplate.LogDriver", ({"driver": "local"}, {"Name": "local"}), ({}, None)),
    one("hostname", f"{CONTAINER}.Hostname", ("a", "a"), ("{{.Task.Slot}}", "{{.Task.Slot}}"), ("", None)),
    one(
        "hosts",
        f"{CONTAINER}.Hosts",
        ({"b": "10.0.0.1", "a": "::1"}, ["10.0.0.1 b", "::1 a"]),
        ({"a": ["10.0.0.1", "10.0.0.2"]}, ["10.0.0.1 a", "10.0.0.2 a"]),
        ({}, None),
    ),
    one(
        "dns",
        f"{CONTAINER}.DNSConfig.Nameservers",
        (["10.0.0.1", "::1"], ["10.0.0.1", "::1"]),
        (["::1"], ["::1"]),
        ([], None),
    ),
    words("dns_search", f"{CONTAINER}.DNSConfig.Search"),
    words("dns_options", f"{CONTAINER}.DNSConfig.Options"),
    one(
        "healthcheck",
        f"{CONTAINER}.Healthcheck",
        ({"test": "a", "retries": 2}, {"Test": ["CMD-SHELL", "a"], "Retries": 2}),
        ({"test": ["NONE"], "retries": 0}, {"Test": ["NONE"]}),
        ({}, None),
    ),
    one(
        "healthcheck.test",
        f"{CONTAINER}.Healthcheck.Test",
        (["CMD", "a"], ["CMD", "a"]),
        (["NONE"], ["NONE"]),
        ("", None),
    ),
    one(
        "healthcheck.interval", f"{CONTAINER}.Healthcheck.Interval", ("5s", 5 * SECOND), ("1m", 60 * SECOND), ("", None)
    ),
    one(
        "healthcheck.timeout", f"{CONTAINER}.Healthcheck.Timeout", ("5s", 5 * SECOND), ("1m", 60 * SECOND), ("0s", None)
    ),
    one("healthcheck.retries", f"{CONTAINER}.Healthcheck.Retries", (2, 2), (3, 3), (0, None)),
    one(
        "healthcheck.start_period",
        f"{CONTAINER}.Healthcheck.StartPeriod",
        ("5s", 5 * SECOND),
        ("1m", 60 * SECOND),
        ("", None),
    ),
    one(
        "healthcheck.start_interval",
        f"{CONTAINER}.Healthcheck.StartInterval",
        ("5s", 5 * SECOND),
        ("1m", 60 * SECOND),
        ("", None),
    ),
    Case(
        "mounts",
        CONTAINER + ".Mounts",
        (
            (
                {"mounts": [BIND, {**TMPFS, "target": "/t"}]},
                [{"Type": "bind", "Source": "/srv", "Target": "/d"}, {"Type": "tmpfs", "Target": "/t"}],
            ),
            ({"mounts": [VOLUME]}, [{"Type": "volume", "Source": "v", "Target": "/d"}]),
            ({"mounts": []}, None),
        ),
    ),
    item("mounts.target", f"{MOUNT}.Target", TMPFS, ("/a", "/a"), ("/b", "/b")),
    item("mounts.source", f"{MOUNT}.Source", VOLUME, ("a", "a"), ("b", "b"), ("", None)),
    item(
        "mounts.type",
        f"{MOUNT}.Type",
        {"target": "/d", "source": "/srv"},
        ("volume", "volume"),
        ("npipe", "npipe"),
        (UNSET, "bind"),
    ),
    item("mounts.readonly", f"{MOUNT}.ReadOnly", BIND, (True, True), (False, None)),
    item(
        "mounts.labels",
        f"{MOUNT}.VolumeOptions.Labels",
        VOLUME,
        ({"a": 1}, {"a": "1"}),
        ({"b": ""}, {"b": ""}),
        ({}, None),
    ),
    item("mounts.no_copy", f"{MOUNT}.VolumeOptions.NoCopy", VOLUME, (True, True), (False, None)),
    item("mounts.subpath", f"{MOUNT}.VolumeOptions.Subpath", VOLUME, ("a", "a"), ("b/c", "b/c"), ("", None)),
    item(
        "mounts.driver_config.name",
        f"{MOUNT}.VolumeOptions.DriverConfig.Name",
        VOLUME,
        ("local", "local"),
        ("other", "other"),
        (UNSET, None),
    ),
    item(
        "mounts.driver_config.options",
        f"{MOUNT}.VolumeOptions.DriverConfig.Options",
        VOLUME,
        ({"o": 1}, {"o": "1"}),
        ({"device": "tmpfs"}, {"device": "tmpfs"}),
        ({}, None),
    ),
    item(
        "mounts.driver_config",
        f"{MOUNT}.VolumeOptions.DriverConfig",
        VOLUME,
        ({"name": "local"}, {"Name": "local"}),
        ({"name": "local", "options": {"o": 1}}, {"Name": "local", "Options": {"o": "1"}}),
        ({}, None),
    ),
    item(
        "mounts.propagation",
        f"{MOUNT}.BindOptions.Propagation",
        BIND,
        ("rslave", "rslave"),
        ("shared", "shared"),
        (UNSET, None),
    ),
    item("mounts.non_recursive", f"{MOUNT}.BindOptions.NonRecursive", BIND, (True, True), (False, None)),
    item("mounts.tmpfs_size", f"{MOUNT}.TmpfsOptions.SizeBytes", TMPFS, ("64M", 2**26), ("1G", 2**30), ("0", None)),
    item("mounts.tmpfs_mode", f"{MOUNT}.TmpfsOptions.Mode", TMPFS, ("1777", 0o1777), (0o700, 0o700), (UNSET, None)),
    item(
        "mounts.tmpfs_options",
        f"{MOUNT}.TmpfsOptions.Options",
        TMPFS,
        (["noexec"], [["noexec"]]),
        (["uid=5", "noexec"], [["uid", "5"], ["noexec"]]),
        ([], None),
    ),
    *reference("secret", "Secret", "key", "password"),
    *reference("config", "Config", "site", "words"),
    *(
        one(
            f"{word}s",
            f"{CONTAINER}.{engine_word}s.1.File.Name",
            ([{f"{word}_name": first}, {f"{word}_name": second}], second),
            ([{f"{word}_name": first}, {f"{word}_name": first, "filename": "x"}], "x"),
            ([], None),
        )
        for word, engine_word, first, second in (
            ("secret", "Secret", "key", "password"),
            ("config", "Config", "site", "words"),
        )
    ),
)
