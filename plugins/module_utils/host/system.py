# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts that the kernel and systemd keep, read without the cost of a full gathering of facts."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket

# What swarm networks need of the kernel; overlay is the file system of images as well, and the last are for encrypted
# networks.
FEATURES = ("overlay", "vxlan", "veth", "bridge", "ip_vs", "esp4", "xfrm_user")

# Both are set aside for documentation, so no packet could have a receiver; connecting UDP sends none anyway.
ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def read_line(path: str) -> str | None:
    """The first line of a file, or None."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline().strip()
    except OSError:
        return None


def os_release() -> dict:
    """The distribution: ``family`` is debian, redhat or the distribution's own ID."""
    try:
        with open("/etc/os-release", encoding="utf-8") as file:
            return parse_os_release(file.read())
    except OSError:
        return parse_os_release("")


def parse_os_release(text: str) -> dict:
    """The same from the text of os-release."""
    found: dict = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            found[name.strip()] = " ".join(shlex.split(value))
    names = [found.get("ID", "unknown"), *found.get("ID_LIKE", "").split()]
    families = (("debian", ("debian", "ubuntu")), ("redhat", ("rhel", "fedora", "centos")))
    family = next((family for family, members in families if set(names) & set(members)), names[0])
    return {
        "id": names[0],
        "family": family,
        "version": found.get("VERSION_ID"),
        "codename": found.get("VERSION_CODENAME"),
        "name": found.get("PRETTY_NAME", names[0]),
    }


def memory() -> int | None:
    """Bytes of memory, or None."""
    found = re.match(r"MemTotal:\s+(\d+) kB", read_line("/proc/meminfo") or "")
    return int(found.group(1)) * 1024 if found else None


def default_address() -> str | None:
    """The address from which this host speaks to others, or None without a route."""
    for family, address in ELSEWHERE:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((address, 9))
                return probe.getsockname()[0]
            except OSError:
                continue
    return None


def kernel_features(release: str) -> dict:
    """For each feature whether the kernel has it; None where neither the kernel nor a module directory tells."""
    directory = f"/lib/modules/{release}"
    known = ""
    for name in ("modules.dep", "modules.builtin"):
        try:
            with open(os.path.join(directory, name), encoding="utf-8") as file:
                known += file.read()
        except OSError:
            continue
    filesystems = read_all("/proc/filesystems").split()
    found: dict = {}
    for name in FEATURES:
        if name in filesystems or os.path.isdir(f"/sys/module/{name}"):
            found[name] = True
        else:
            found[name] = f"/{name}.ko" in known if known else None
    return found


def read_all(path: str) -> str:
    """The text of a file, or nothing."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def unit_state(run, unit: str) -> dict:
    """What systemd says of a unit; ``read_at`` is when it started or was reloaded, on the monotonic clock."""
    unknown = {"exists": False, "active": False, "enabled": False, "read_at": 0.0}
    systemctl = shutil.which("systemctl")
    if systemctl is None:
        return unknown
    names = ("LoadState", "ActiveState", "UnitFileState", "StateChangeTimestampMonotonic")
    out = run([systemctl, "show", unit, f"--property={','.join(names)}"])[1]
    shown = dict(line.partition("=")[::2] for line in out.splitlines())
    if shown.get("LoadState") != "loaded":
        return unknown
    return {
        "exists": True,
        "active": shown.get("ActiveState") in ("active", "reloading", "activating"),
        "enabled": shown.get("UnitFileState") == "enabled",
        "read_at": int(shown.get("StateChangeTimestampMonotonic") or 0) / 1e6,
    }
