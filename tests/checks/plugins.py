# SPDX-License-Identifier: GPL-3.0-or-later
"""Say which plugin or role has no documentation that ansible-doc renders without a warning, and
which module is missing from the action group.

    plugins.py [COLLECTIONS]     COLLECTIONS is where ansible_collections is; default: .collections
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import yaml
from sources import ROOT, sources

COLLECTION = "flotilla.swarm"
DOCUMENTED = {
    "module": "plugins/modules/*.py",
    "inventory": "plugins/inventory/*.py",
    "connection": "plugins/connection/*.py",
    "lookup": "plugins/lookup/*.py",
    "filter": "plugins/filter/*.yml",
    "role": "roles/*/meta/argument_specs.yml",
}


def names(kind: str) -> list[str]:
    """Return the names of the plugins, or roles, of this kind."""
    paths = sources(f":(glob){DOCUMENTED[kind]}")
    found = [path.parts[1] if kind == "role" else path.stem for path in paths]
    return [name for name in found if name != "__init__"]


def problems_of_documentation(collections: str) -> Iterator[str]:
    """Yield what ansible-doc complains about, for each kind of plugin."""
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": collections, "ANSIBLE_NOCOLOR": "1"}
    for kind in DOCUMENTED:
        wanted = [f"{COLLECTION}.{name}" for name in names(kind)]
        if wanted:
            command = ["ansible-doc", "--type", kind, *wanted]
            answer = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
            if answer.returncode or answer.stderr:
                yield f"ansible-doc --type {kind}: {answer.stderr.strip()}"
            print(f"{len(wanted)} of type {kind}: {len(answer.stdout.splitlines())} lines")


def problems_of_group() -> Iterator[str]:
    """Yield each difference between the modules and the action group `all`."""
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    group, modules = set(runtime["action_groups"]["all"]), set(names("module"))
    for name in sorted(modules - group):
        yield f"meta/runtime.yml: module {name} is missing from action_groups.all"
    for name in sorted(group - modules):
        yield f"meta/runtime.yml: {name} in action_groups.all is no module"


def problems_of_roles() -> Iterator[str]:
    """Yield each role that does not declare its variables."""
    roles = {path.parts[1] for path in sources("roles/*/tasks/*")}
    for name in sorted(roles - set(names("role"))):
        yield f"roles/{name}: meta/argument_specs.yml is missing"


def main() -> int:
    """Print the problems; return 1 if there are any."""
    collections = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".collections")
    found = [*problems_of_documentation(collections), *problems_of_group(), *problems_of_roles()]
    print("\n".join(found) or "every plugin and role is documented, every module is in the group")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
