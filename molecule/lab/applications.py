# SPDX-License-Identifier: GPL-3.0-or-later
"""Small application images that every machine of the lab has, so that no registry is needed.

flotilla/web:1 and flotilla/web:2 are busybox: they run any shell command, and by default a web
server on $PORT (8080) whose page shows the version, the task's hostname and $NODE.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

import docker
from images import LABEL, build_root, cache_directory, fingerprint

REPOSITORY = "flotilla/web"
VERSIONS = ("1", "2")
IMAGES = [f"{REPOSITORY}:{version}" for version in VERSIONS]
BUSYBOX_RELEASE = "trixie"

# The first process of a container ignores a SIGTERM that it has no handler for; httpd has none.
START = """#!/bin/sh
trap 'kill $!; exit 0' TERM INT
httpd -f -p "${PORT:-8080}" -h /www &
wait $!
"""
PAGE = """#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
printf 'version: %s\\ntask: %s\\nnode: %s\\n' "$VERSION" "$(hostname)" "$NODE"
"""


def write_program(path: Path, text: str) -> None:
    """Write an executable file, with its directories."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def build_web_root(root: Path) -> None:
    """Fill a directory with busybox, its commands and the web server's files."""
    for directory in ("bin", "etc", "tmp"):
        (root / directory).mkdir()
    busybox = root / "bin/busybox"
    with tarfile.open(build_root(BUSYBOX_RELEASE, bare=False)) as archive:
        busybox.write_bytes(archive.extractfile("./usr/bin/busybox").read())
    busybox.chmod(0o755)
    listing = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True)
    for command in set(listing.stdout.split()) - {"busybox"}:
        (root / "bin" / command).symlink_to("busybox")
    write_program(root / "bin/web", START)
    write_program(root / "www/cgi-bin/index.cgi", PAGE)


def ensure_application_archives(client: docker.DockerClient) -> list[Path]:
    """Return an archive per image for 'docker load'; those that the cache lacks are built."""
    recipe = fingerprint(REPOSITORY, START, PAGE)
    archives = [cache_directory() / f"web-{version}-{recipe}.tar" for version in VERSIONS]
    if not all(archive.exists() for archive in archives):
        root = pack_web_root()
        for version, archive in zip(VERSIONS, archives, strict=True):
            save_version(client, root, version, archive)
    return archives


def pack_web_root() -> bytes:
    """Return the files of the web server as a tar archive."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as directory:
        build_web_root(Path(directory))
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(directory, arcname=".")
    return packed.getvalue()


def save_version(client: docker.DockerClient, root: bytes, version: str, archive: Path) -> None:
    """Make the image of one version and write it to archive."""
    changes = ['CMD ["/bin/web"]', f"ENV VERSION={version}", f"LABEL {LABEL}=image"]
    client.api.import_image_from_data(root, REPOSITORY, version, changes=changes)
    unfinished = archive.with_suffix(".tmp")
    with open(unfinished, "wb") as output:
        output.writelines(client.images.get(f"{REPOSITORY}:{version}").save(named=True))
    unfinished.rename(archive)
