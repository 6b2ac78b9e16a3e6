# SPDX-License-Identifier: GPL-3.0-or-later
"""Say which file or function has outgrown what can be read in one go."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from sources import ROOT, sources

PYTHON_FILE = 400
FUNCTION = 40
TASK_FILE = 120
TASK_FILES = ("playbooks/*.yml", "roles/*/tasks/*.yml", "roles/*/handlers/*.yml")


def long_functions(text: str) -> Iterator[tuple[str, int]]:
    """Yield the name and length in lines of each function that reaches the limit."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = node.end_lineno - node.lineno + 1
            if length >= FUNCTION:
                yield node.name, length


def problems() -> Iterator[str]:
    """Yield a line for each file and function that is too long."""
    for limit, patterns in ((PYTHON_FILE, ("*.py",)), (TASK_FILE, TASK_FILES)):
        for path in sources(*patterns):
            text = (ROOT / path).read_text(encoding="utf-8")
            length = len(text.splitlines())
            if length >= limit:
                yield f"{path}: {length} lines, the limit is under {limit}"
            if path.suffix == ".py":
                for name, lines in long_functions(text):
                    yield f"{path}: {name}() has {lines} lines, the limit is under {FUNCTION}"


def main() -> int:
    """Print the problems; return 1 if there are any."""
    found = list(problems())
    print("\n".join(found) or "no file or function is too long")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
