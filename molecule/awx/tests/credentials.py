# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of the project's own types, and what AWX injects into a job for them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from jinja2.sandbox import ImmutableSandboxedEnvironment

JINJA = ImmutableSandboxedEnvironment()


def render(template, names: dict):
    """A template of an injector, or templates in dictionaries and lists."""
    if isinstance(template, dict):
        return {render(key, names): render(value, names) for key, value in template.items()}
    if isinstance(template, list):
        return [render(one, names) for one in template]
    return JINJA.from_string(template).render(**names)


def files(templates: dict, names: dict, directory: Path, kind: str) -> SimpleNamespace:
    """Write the files of a credential; injectors know them as ``tower.filename`` or ``tower.filename.NAME``."""
    written = {}
    for label, template in templates.items():
        path = directory / f"{kind}-{label}"
        path.write_text(render(template, names), encoding="utf-8")
        path.chmod(0o600)
        written[label.partition(".")[2]] = str(path)
    return SimpleNamespace(filename=written.get("", SimpleNamespace(**written)))


class Credentials:
    """One credential of every type; ``inputs`` has what a person enters, by type and field."""

    def __init__(self, types: dict, inputs: dict):
        self.types, self.inputs = types, inputs
        asked = {kind: {field["id"] for field in made["inputs"]["fields"]} for kind, made in types.items()}
        assert {kind: set(given) for kind, given in inputs.items()} == asked

    @property
    def secrets(self) -> list[str]:
        """What nobody may see of them."""
        return [
            self.inputs[kind][field["id"]]
            for kind, made in self.types.items()
            for field in made["inputs"]["fields"]
            if field.get("secret")
        ]

    def inject(self, directory: Path) -> tuple[dict, dict]:
        """Environment and variables of a job; files go into the directory."""
        environment, variables = {}, {}
        for kind, made in self.types.items():
            injectors, names = made["injectors"], self.inputs[kind]
            names = {**names, "tower": files(injectors.get("file", {}), names, directory, kind)}
            environment.update(render(injectors.get("env", {}), names))
            variables.update(render(injectors.get("extra_vars", {}), names))
        # AWX lets nobody inject these.
        assert not [name for name in environment if name.startswith("ANSIBLE_")]
        return environment, variables
