# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image gets onto an Engine: from a registry or an archive, if it is not there."""

from __future__ import annotations

from ..core.errors import InvalidOption, SwarmError
from . import archive
from .names import digests, fits, is_id, split
from .work import Work

TAR = {"Content-Type": "application/x-tar"}


def local(work: Work) -> dict:
    """The image, which must be there."""
    image = work.find(work.name)
    if image is None:
        raise SwarmError(
            f"this Engine has no image {work.name}; correct name, or use source: pull, load or build",
            reason="image_not_found",
        )
    return image


def pull(work: Work) -> dict | None:
    """The image as its registry has it; as it is there where nobody is to ask."""
    name, platform = named(work, "pull"), work.params["pull"]["platform"] if work.params["pull"] else None
    now = work.find(name)
    there = now is not None and fits(now, platform)
    if there and (split(name)[2] or not work.params["force_source"]):
        return now
    told = work.registry_digest(name) if now or work.check_mode else ""
    if told is None:
        raise SwarmError(
            f"{name} cannot be pulled: its registry has no such image; correct name and tag", reason="image_not_found"
        )
    if there and told in digests(now, name):
        return now
    offered = [{key.capitalize(): value for key, value in item.items()} for item in work.platforms.get(name, ())]
    if offered and not any(fits(item, platform) for item in offered):
        raise other_platform(name, platform, offered)
    before = now and now["Id"]
    if work.check_mode:
        work.did("pull", name, before, f"{split(name)[0]}@{told}")
        return None
    return fetch(work, name, before, platform)


def fetch(work: Work, name: str, before: str | None, platform: str | None) -> dict:
    """Pull an image, and return it."""
    sentence = f"{name} cannot be pulled"
    work.transfer("pull", "/images/create", name, sentence, fromImage=name, platform=platform or None)
    image = local(work)
    if not fits(image, platform):
        raise other_platform(name, platform, [image])
    work.did("pull", name, before, image["Id"])
    return image


def other_platform(name: str, platform: str, images: list) -> SwarmError:
    """The error for an image that there is for other platforms."""
    has = ", ".join(sorted({f"{image.get('Os')}/{image.get('Architecture')}" for image in images}))
    return SwarmError(
        f"{name} cannot be pulled for {platform}: its registry has it for {has} only; correct pull.platform",
        reason="image_not_found",
    )


def load(work: Work) -> dict | None:
    """The image as the archive has it."""
    path = work.params["load_path"]
    if split(work.name)[2]:
        raise InvalidOption(f"name: {work.name} has a digest, which no archive tells; leave it out")
    wanted = archive.image_in(archive.read_archive(path), work.name, path)
    now = work.find(work.name)
    if now and now["Id"] in wanted["ids"]:
        return now
    before = now and now["Id"]
    there = first_of(work, wanted["ids"])
    action = "tag" if there else "load"
    if work.check_mode:
        work.did(action, work.name, before, wanted["ids"][0])
        return None
    if not there:
        upload(work, path)
        there = first_of(work, wanted["ids"])
    if not there:
        raise SwarmError(
            f"the Engine has loaded archive {path}, and not image {wanted['ids'][0]} of it", reason="load_failed"
        )
    image = work.find(work.name)
    if not image or image["Id"] != there["Id"]:
        tag(work, there, work.name)
        image = work.find(work.name)
    work.did(action, work.name, before, there["Id"])
    return image


def first_of(work: Work, ids: list) -> dict | None:
    """The image that has one of these IDs, if there is any."""
    return next(filter(None, map(work.find, ids)), None)


def upload(work: Work, path: str) -> None:
    """Give an archive to the Engine."""
    parts = work.counted("load", work.name, archive.parts_of(path))
    request = {"data": parts, "headers": TAR, "quiet": False, "otherwise": "load_failed"}
    work.transfer("load", "/images/load", work.name, f"archive {path} cannot be loaded", **request)


def tag(work: Work, image: dict, name: str) -> None:
    """Give an image a name."""
    repository, tag_name, _digest = split(name)
    work.client.post(f"/images/{image['Id']}/tag", repo=repository, tag=tag_name)


def named(work: Work, source: str) -> str:
    """The name of an image that cannot be an ID."""
    if is_id(work.name):
        raise InvalidOption(f"name: {work.name} is the ID of an image, by which none can be had with source: {source}")
    return work.name
