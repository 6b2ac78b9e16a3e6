# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker's configuration file of a user: read strictly, written whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import stat
import tempfile

from ..core.errors import InvalidOption, SwarmError

MODE = 0o600


@contextlib.contextmanager
def acting_as(owner: str | None):
    """Do what is inside as a user of the host, so that no link in the user's home leads root astray."""
    account = find_account(owner) if owner else None
    if account is None or account.pw_uid == os.geteuid():
        yield
        return
    if os.geteuid() != 0:
        raise SwarmError(f"only root can log in for {owner}; use become", reason="not_root")
    groups, group, environment = os.getgroups(), os.getegid(), dict(os.environ)
    os.initgroups(owner, account.pw_gid)
    os.setegid(account.pw_gid)
    os.seteuid(account.pw_uid)
    os.environ.update(HOME=account.pw_dir, USER=owner, LOGNAME=owner)
    os.environ.pop("DOCKER_CONFIG", None)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)
        os.environ.clear()
        os.environ.update(environment)


def find_account(owner: str) -> pwd.struct_passwd:
    """The account of a user of this host."""
    try:
        return pwd.getpwnam(owner)
    except KeyError:
        raise InvalidOption(f"owner: this host has no user {owner}; create it first") from None


def config_path(params: dict) -> str:
    """Where the configuration of the user is that this process acts as; a link is followed, as docker does."""
    folder = os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker")
    return os.path.realpath(params.get("config_path") or os.path.join(folder, "config.json"))


def load(path: str) -> dict:
    """What the file holds; nothing if there is none. Whatever docker itself could not read is an error."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        config = json.loads(text) if text.strip() else {}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        raise unreadable(path, getattr(exc, "strerror", None) or "it is no JSON") from None
    if not isinstance(config, dict):
        raise unreadable(path, "it is no JSON object")
    for name in ("auths", "credHelpers"):
        entries = {} if config.get(name) is None else config[name]
        if not isinstance(entries, dict) or (
            name == "auths" and not all(isinstance(e, dict) for e in entries.values())
        ):
            raise unreadable(path, f"its {name} is not what docker writes")
    return config


def unreadable(path: str, why: str) -> SwarmError:
    """The error of a file that nobody should write over."""
    return SwarmError(
        f"docker's configuration {path} cannot be read: {why}; it was left as it is, correct or remove it",
        reason="docker_config",
    )


def mode_of(path: str) -> int | None:
    """The permissions of a file; None if there is none."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def locked(path: str):
    """Keep other runs of this module from the file; its directory is made if there is none, and is what is locked."""
    folder = os.path.dirname(path)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as exc:
        raise not_written(path, exc) from exc
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def save(path: str, config: dict) -> None:
    """Write the file in one step: another process sees the old one or the new one, and an error leaves the old one."""
    temporary = None
    try:
        # Nobody else can read a file that mkstemp makes.
        descriptor, temporary = tempfile.mkstemp(prefix=".config.json.", dir=os.path.dirname(path))
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), MODE)
            keep_owner(file.fileno(), path)
            # Docker indents with tabs.
            json.dump(config, file, indent="\t", ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as exc:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise not_written(path, exc) from exc


def keep_owner(descriptor: int, path: str) -> None:
    """Give an open file the owner of the one that it replaces."""
    try:
        old = os.stat(path)
    except FileNotFoundError:
        return
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        os.fchown(descriptor, old.st_uid, old.st_gid)


def not_written(path: str, exc: OSError) -> SwarmError:
    """The error of a file that could not be written."""
    return SwarmError(
        f"docker's configuration {path} could not be written: {exc.strerror}; it is as it was",
        reason="docker_config_not_written",
    )
