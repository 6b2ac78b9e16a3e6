# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of the lab's machines: Debian with systemd, sshd and, unless bare, a Docker Engine."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import docker
from engine import LabError

LABEL = "flotilla.swarm.lab"
NODE_REPOSITORY = "flotilla/node"

BASE_PACKAGES = [
    "busybox-static",
    "ca-certificates",
    "curl",
    "dbus",
    "iproute2",
    "iptables",
    "kmod",
    "openssh-server",
    "procps",
    "python3",
    "python3-apt",
    "sudo",
    "systemd",
    "systemd-sysv",
]
ENGINE_PACKAGES = ["docker.io", "python3-docker"]


@dataclass(frozen=True)
class Release:
    """A Debian release: packages beyond ENGINE_PACKAGES, and the cgroups its systemd accepts."""

    engine_packages: tuple[str, ...] = ()
    needs_cgroup_v2: bool = False


RELEASES = {
    "bookworm": Release(),
    "trixie": Release(engine_packages=("docker-cli",)),
    "sid": Release(engine_packages=("docker-cli",), needs_cgroup_v2=True),
}

USELESS_UNITS = [
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "fstrim.timer",
    "getty.target",
    "sshd-keygen.service",
    "systemd-modules-load.service",
]
# Host keys and the machine id belong to a machine, not to an image.
CUSTOMIZE_HOOKS = (
    'rm -f "$1"/etc/ssh/ssh_host_*',
    ': > "$1/etc/machine-id"',
    'echo "HostKey /etc/ssh/ssh_host_ed25519_key" > "$1/etc/ssh/sshd_config.d/lab.conf"',
    f'chroot "$1" systemctl mask {" ".join(USELESS_UNITS)}',
)
NODE_CHANGES = ['CMD ["/lib/systemd/systemd"]', "ENV container=docker", f"LABEL {LABEL}=image"]


def cache_directory() -> Path:
    """Return where built images are kept: outside of any checkout."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "flotilla-swarm"


def fingerprint(*parts: object) -> str:
    """Return a short hash of values that JSON can hold."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def debian_sources(release: str) -> list[str]:
    """Return apt source lines for release from this host's mirrors; none if it is no Debian.

    Only mirrors that machines can use themselves: no lists and media that this host alone has.
    """
    fields = "$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)"
    command = ["apt-get", "indextargets", "--format", fields, "Created-By: Packages"]
    targets = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    host = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    found = re.findall(rf"^Debian main {host}(\S*) (https?://\S+)$", targets, re.MULTILINE)
    suites = ("",) if release == "sid" else ("", "-updates", "-security")
    return [f"deb {uri} {release}{suite} main" for suite, uri in dict.fromkeys(found) if suite in suites]


def node_recipe(release: str, bare: bool) -> list[str]:
    """Return the mmdebstrap command, less its output, that builds a machine's root file system."""
    engine = [] if bare else [*ENGINE_PACKAGES, *RELEASES[release].engine_packages]
    command = ["mmdebstrap", "--variant=minbase", "--format=tar", f"--include={','.join(BASE_PACKAGES + engine)}"]
    # A mirror may lag behind for longer than its release file is valid.
    command += ['--aptopt=Acquire::Check-Valid-Until "false"']
    command += [f"--dpkgopt=path-exclude=/usr/share/{unused}/*" for unused in ("doc", "man", "locale")]
    command += [f"--customize-hook={hook}" for hook in CUSTOMIZE_HOOKS]
    return [*command, release]


def root_name(release: str, bare: bool) -> str:
    """Return the name of a machine's root file system: it changes when the recipe does."""
    variant = f"{release}-bare" if bare else release
    return f"{variant}-{fingerprint(node_recipe(release, bare))}"


def build_root(release: str, bare: bool) -> Path:
    """Return the archive of a machine's root file system, building it if it is not in the cache.

    Raises LabError if the packages cannot be fetched or installed.
    """
    archive = cache_directory() / f"{root_name(release, bare)}.tar"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        unfinished = archive.with_suffix(".tmp")
        command = [*node_recipe(release, bare), str(unfinished), *debian_sources(release)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            unfinished.unlink(missing_ok=True)
            raise LabError(f"Building the {release} image failed: {done.stderr.strip()[-1500:]}")
        variant = archive.stem.rpartition("-")[0]
        for outdated in archive.parent.glob(f"{variant}-{'?' * 12}.tar"):
            outdated.unlink()
        unfinished.rename(archive)
    return archive


def ensure_node_image(client: docker.DockerClient, release: str, bare: bool) -> str:
    """Return the name of a machine's image, which the engine then has."""
    tag = f"{root_name(release, bare)}-{fingerprint(NODE_CHANGES)}"
    name = f"{NODE_REPOSITORY}:{tag}"
    if not client.images.list(name):
        archive = build_root(release, bare)
        client.api.import_image_from_file(str(archive), NODE_REPOSITORY, tag, changes=NODE_CHANGES)
    return name


def ensure_node_images(client: docker.DockerClient, releases: list[str], bare: bool) -> dict[str, str]:
    """Return the image name of each release; what is missing is built in parallel."""
    unique = sorted(set(releases))
    with ThreadPoolExecutor() as pool:
        names = pool.map(lambda release: ensure_node_image(client, release, bare), unique)
        return dict(zip(unique, names, strict=True))
