# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of images, as C(docker save) writes them: which images they hold, and how they get onto a disk."""

from __future__ import annotations

import json
import os
import re
import tarfile
import tempfile
import zlib
from contextlib import suppress

from ..core.errors import SwarmError
from .names import familiar

PART = 1 << 20
HASH = re.compile(r"[0-9a-f]{64}")


def read_archive(path: str) -> list:
    """``{"ids", "tags"}`` of each image that an archive holds; SwarmError if it is none.

    An image has one ID with the Engine's own storage and another with containerd's, and an archive may tell both.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise not_readable(path, "it is no file")
    try:
        with tarfile.open(path) as archive:
            listed = json.load(archive.extractfile("manifest.json"))
            index = []
            with suppress(KeyError):
                index = json.load(archive.extractfile("index.json")).get("manifests") or []
        return contents(listed, index)
    except OSError as exc:
        raise not_readable(path, exc.strerror or exc) from exc
    except (tarfile.TarError, zlib.error) as exc:
        raise not_readable(path, "it is no tar archive, as it is or packed by gzip, bzip2 or xz") from exc
    except (KeyError, ValueError, TypeError, AttributeError, EOFError) as exc:
        raise not_readable(path, "it holds no images; make one with docker save, or archive_path") from exc


def contents(listed: list, index: list) -> list:
    """The images of the two lists that an archive has of them."""
    images = []
    for item in listed:
        config = f"sha256:{HASH.search(item['Config']).group()}"
        tags = [familiar(tag) for tag in item.get("RepoTags") or ()]
        images.append({"ids": [config], "tags": tags})
    for item in index:
        name = familiar((item.get("annotations") or {}).get("io.containerd.image.name") or "")
        owner = next((image for image in images if name in image["tags"]), images[0] if len(images) == 1 else None)
        if owner and item["digest"] not in owner["ids"]:
            owner["ids"].append(item["digest"])
    return images


def image_in(archive: list, name: str, path: str) -> dict:
    """The image that is meant of those in an archive: by its ID, or by its name.

    The only one without a name is meant by any.
    """
    wanted = familiar(name)
    for image in archive:
        if wanted in image["tags"] or wanted in image["ids"]:
            return image
    if len(archive) == 1 and not archive[0]["tags"]:
        return archive[0]
    there = ", ".join(sorted(tag for image in archive for tag in image["tags"])) or f"{len(archive)} without a name"
    raise SwarmError(
        f"archive {path} has no image {name}, but {there}; correct name, and use repository for another name",
        reason="image_not_found",
        images=sorted(tag for image in archive for tag in image["tags"]),
    )


def holds(path: str, name: str, image_id: str) -> bool:
    """Whether a file is an archive of this image under this name, and of no other."""
    try:
        archive = read_archive(path)
    except SwarmError:
        return False
    tags = [] if name.startswith("sha256:") else [familiar(name)]
    return len(archive) == 1 and image_id in archive[0]["ids"] and archive[0]["tags"] == tags


def parts_of(path: str):
    """The bytes of a file, in parts."""
    try:
        with open(path, "rb") as file:
            yield from iter(lambda: file.read(PART), b"")
    except OSError as exc:
        raise not_readable(path, exc.strerror or exc) from exc


def write_archive(path: str, parts) -> None:
    """Write a file in one step; if that fails, it is what it was."""
    temporary = None
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            raise OSError("it is no file")
        mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o600
        descriptor, temporary = tempfile.mkstemp(prefix=".flotilla-", dir=os.path.dirname(os.path.abspath(path)))
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                file.write(part)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
        temporary = None
    except OSError as exc:
        raise SwarmError(
            f"archive {path} cannot be written: {exc.strerror or exc}; correct archive_path, or make room",
            reason="archive_not_written",
        ) from exc
    finally:
        if temporary:
            os.unlink(temporary)


def not_readable(path: str, why) -> SwarmError:
    """The error for an archive that is none."""
    return SwarmError(
        f"archive {path} cannot be read: {why}; correct load_path, which is a file on the host",
        reason="archive_not_readable",
    )
