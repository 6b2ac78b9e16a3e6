# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image is called: by a name with a tag or a digest, or by its ID. Pure."""

from __future__ import annotations

import re

from ..core.errors import InvalidOption

ID = re.compile(r"sha256:[0-9a-f]{64}|[0-9a-f]{64}")
REPOSITORY = re.compile(r"[A-Za-z0-9\[][A-Za-z0-9._:\[\]-]*(/[a-z0-9._-]+)*")
TAG = re.compile(r"\w[\w.-]{0,127}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# Names of architectures beside the ones of images.
ARCHITECTURES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm", "i386": "386"}
SYSTEMS = ("linux", "windows")


def is_id(name: str) -> bool:
    """Whether this is the ID of an image."""
    return bool(ID.fullmatch(name))


def reference(name: str, tag: str = "latest") -> str:
    """The name with its tag or digest; an ID stays as it is. ``tag`` counts where the name has neither."""
    if is_id(name):
        return name if ":" in name else f"sha256:{name}"
    repository, found, digest = split(name)
    if not REPOSITORY.fullmatch(repository):
        raise InvalidOption(f"{name!r} is no name of an image; write it as registry.example.com:5000/team/app:1")
    if not found and not digest:
        found, digest = ("", tag) if DIGEST.fullmatch(tag) else (tag, "")
    if found and not TAG.fullmatch(found):
        raise InvalidOption(f"{found!r} is no tag of an image; use letters, digits, dots, dashes and underscores")
    if digest and not DIGEST.fullmatch(digest):
        raise InvalidOption(f"{digest!r} is no digest of an image; write it as sha256: and 64 digits")
    return repository + (f":{found}" if found else "") + (f"@{digest}" if digest else "")


def split(name: str) -> tuple:
    """``(repository, tag, digest)`` of a name; empty where it has none."""
    name, _at, digest = name.partition("@")
    path, slash, last = name.rpartition("/")
    last, _colon, tag = last.partition(":")
    return path + slash + last, tag, digest


def familiar(name: str) -> str:
    """A name as the Engine lists it: without Docker Hub's own."""
    for prefix in ("docker.io/", "index.docker.io/"):
        name = name[len(prefix) :] if name.startswith(prefix) else name
    first, _slash, rest = name.partition("/")
    return rest if first == "library" and rest and "/" not in rest else name


def digests(image: dict | None, name: str) -> list:
    """The digests under which a repository is known to have an image."""
    repository = familiar(split(name)[0])
    known = (listed.partition("@") for listed in (image or {}).get("RepoDigests") or ())
    return [digest for listed, _at, digest in known if familiar(listed) == repository]


def platform(text: str) -> tuple:
    """``(os, architecture, variant)`` of a platform such as C(linux/arm64/v8); empty where it says nothing."""
    parts = text.lower().split("/")
    if len(parts) > 3 or not all(parts):
        raise InvalidOption(f"{text!r} is no platform; write it as linux/amd64 or linux/arm/v7")
    if parts[0] not in SYSTEMS and len(parts) < 3:
        parts.insert(0, "")
    system, architecture, variant = (*parts, "", "")[:3]
    return system, ARCHITECTURES.get(architecture, architecture), variant


def fits(image: dict, wanted: str | None) -> bool:
    """Whether an image is for a platform; one that is not asked for fits always."""
    if not wanted:
        return True
    has = (image.get("Os") or "", image.get("Architecture") or "", image.get("Variant") or "")
    return all(not ask or not there or ask == there for ask, there in zip(platform(wanted), has))
