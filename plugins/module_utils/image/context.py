# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an Engine is sent to build an image: the files of a directory less those of C(.dockerignore), as an archive."""

from __future__ import annotations

import hashlib
import io
import os
import posixpath
import re
import stat
import tarfile

from ..core.errors import SwarmError

IGNORE = ".dockerignore"


class Ignore:
    """The patterns of a C(.dockerignore), by the rules of moby/patternmatcher: the last one that fits a path, or a
    directory that it is in, decides."""

    def __init__(self, text: str):
        self.patterns = []
        for line in text.lstrip("\ufeff").splitlines():
            pattern = line.strip()
            if line.startswith("#") or not pattern:
                continue
            back = pattern.startswith("!")
            pattern = posixpath.normpath(pattern[back:].strip()).lstrip("/")
            if pattern and pattern != ".":
                self.patterns.append((re.compile(expression(pattern)), back))
        self.takes_back = any(back for _pattern, back in self.patterns)

    def ignores(self, path: str) -> bool:
        """Whether a path, from the top of the context, is left out."""
        parts = path.split("/")
        places = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        ignored = False
        for pattern, back in self.patterns:
            if ignored == back and any(map(pattern.fullmatch, places)):
                ignored = not back
        return ignored


def expression(pattern: str) -> str:
    """The regular expression of a pattern: C(**) goes through directories, C(*) and C(?) do not."""
    found, at = "", 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if pattern.startswith("**", at - 1):
            at += 2 if pattern.startswith("/", at + 1) else 1
            found += "(.*/)?" if at < len(pattern) else ".*"
        elif char == "*":
            found += "[^/]*"
        elif char == "?":
            found += "[^/]"
        elif char == "[" and "]" in pattern[at + 1 :]:
            end = pattern.index("]", at + 1)
            found += f"[{pattern[at:end]}]"
            at = end + 1
        else:
            if char == "\\" and at < len(pattern):
                char, at = pattern[at], at + 1
            found += re.escape(char)
    return found


def files(top: str, ignore: Ignore, folder: str = ""):
    """The paths below a directory that are not ignored, in the order of their names."""
    for name in sorted(os.listdir(os.path.join(top, folder))):
        path = posixpath.join(folder, name)
        ignored = ignore.ignores(path)
        if not ignored:
            yield path
        full = os.path.join(top, path)
        if os.path.isdir(full) and not os.path.islink(full) and (not ignored or ignore.takes_back):
            yield from files(top, ignore, path)


def read_text(path: str) -> str:
    """The text of a file, empty if there is none."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def pack(top: str, dockerfile: str, file) -> str:
    """Write the archive into a file, and return what the Dockerfile is called in it.

    A Dockerfile from elsewhere gets a name of its own, and a line in C(.dockerignore), so that C(COPY . .) has neither.
    """
    top = os.path.realpath(top)
    path = os.path.realpath(os.path.join(top, dockerfile))
    try:
        text = read_text(os.path.join(top, IGNORE))
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            inside = os.path.relpath(path, top).replace(os.sep, "/")
            own = {IGNORE, inside} if os.path.isfile(os.path.join(top, IGNORE)) else {inside}
            outside = inside.startswith("../")
            found = set(files(top, Ignore(text))) | (own - {inside} if outside else own)
            for name in sorted(found - ({IGNORE} if outside else set())):
                add(archive, os.path.join(top, name), name)
            if outside:
                inside = add_dockerfile(archive, path, text)
        return inside
    except OSError as exc:
        raise SwarmError(
            f"{exc.filename or top} cannot be sent to the Engine: {exc.strerror or exc}; correct build.path or "
            "build.dockerfile, or leave it out with .dockerignore",
            reason="build_context",
        ) from exc


def add_dockerfile(archive, path: str, ignored: str) -> str:
    """Put a Dockerfile from elsewhere into the archive, and return its name there."""
    with open(path, "rb") as file:
        content = file.read()
    name = f".dockerfile.{hashlib.sha256(content).hexdigest()[:20]}"
    for entry, data in ((name, content), (IGNORE, f"{ignored}\n{name}\n{IGNORE}\n".encode("utf-8", "surrogateescape"))):
        info = tarfile.TarInfo(entry)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return name


def add(archive, path: str, name: str) -> None:
    """Put one file into the archive, owned by root as docker's own command has it. No archive can hold a socket."""
    info = archive.gettarinfo(path, name)
    if info is None:
        return
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    if stat.S_ISREG(os.lstat(path).st_mode) and info.isreg():
        with open(path, "rb") as file:
            archive.addfile(info, file)
    else:
        archive.addfile(info)
