# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets and configs that the containers of a service see as files. They are looked up by name in resolve."""

from __future__ import annotations

from ..core.fields import Field
from .paths import CONTAINER
from .values import file_mode, show_file_mode


def _reference(word, engine_word, place):
    """The suboptions of a secret or a config."""
    return (
        Field(f"{word}_name", f"{engine_word}Name", "str", f"Name of the {word}. It or its ID is needed."),
        Field(f"{word}_id", f"{engine_word}ID", "str", f"ID of the {word}."),
        Field("filename", "File.Name", "str", f"File in the containers, {place}. Without it the name of the {word}."),
        Field("uid", "File.UID", "str", "Owner of the file.", engine_default="0"),
        Field("gid", "File.GID", "str", "Group of the file.", engine_default="0"),
        Field(
            "mode",
            "File.Mode",
            "raw",
            "Mode of the file: octal digits in quotes, such as V('0440').",
            engine_default=0o444,
            encode=file_mode,
            canonical=show_file_mode,
        ),
    )


REFERENCES = (
    Field(
        "secrets",
        f"{CONTAINER}.Secrets",
        "list",
        "Secrets that are files in the containers.",
        elements="dict",
        parts=_reference("secret", "Secret", "in C(/run/secrets) unless it is an absolute path"),
        key="secret_name",
    ),
    Field(
        "configs",
        f"{CONTAINER}.Configs",
        "list",
        "Configs that are files in the containers.",
        elements="dict",
        parts=_reference("config", "Config", "in the root directory unless it is an absolute path"),
        key="config_name",
    ),
)
