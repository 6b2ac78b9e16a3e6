# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/troubleshooting.md quotes is what the collection says: no message there can outlive its sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "troubleshooting.md"
# Stands for what differs from one message to the next.
GAP = "\0"
JINJA = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
FORMAT = re.compile(r"{\w*}")
CODE = re.compile(r"`([^`]+)`")
# Fewer constant letters would be found anywhere.
LEAST = 9
# What has more lines is documentation, which must not vouch for a message.
LINES = 2
# The one in C reads roles in a tenth of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# The first is replaced by another one, and the second asks to be called again.
NEVER_SHOWN = {"failed", "unfinished"}


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a page's tables, without headings."""
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not is_rule(line) and not is_rule(following):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def is_rule(line: str) -> bool:
    """Whether this is the line under the heading of a table."""
    return bool(line) and set(line) <= set("|-: ")


def quoted(text: str, column: int) -> list[str]:
    """What is in backticks in a column of a page's tables."""
    return [found for cells in rows(text) for found in CODE.findall(cells[column])]


def constant_parts(message: str) -> list[str]:
    """The parts of a quoted message that the code writes down; ``<name>`` stands for the rest."""
    return [part.strip() for part in re.split(r"<[^<>]*>", message)]


def says(sentence: str, message: str) -> bool:
    """Whether a sentence of the code has all constant parts, with nothing between them but what differs."""
    parts = constant_parts(message)
    if not all(part in sentence for part in parts):
        return False
    between = rf"[\s{GAP}]*{GAP}[\s{GAP}]*"
    return re.search(between.join(map(re.escape, parts)), sentence) is not None


def sentences(root: Path) -> set[str]:
    """All texts of the collection's plugins, roles and playbooks, with gaps where something is put in."""
    found: set[str] = set()
    for tree in python_files(root):
        found.update(python_texts(tree))
    for folder in ("roles", "playbooks"):
        for path in (root / folder).rglob("*.yml"):
            found.update(yaml_texts(yaml.load(path.read_text(), LOADER)))
    return {" ".join(text.split()) for text in found if text.count("\n") < LINES}


@cache
def python_files(root: Path) -> list[ast.Module]:
    """The plugins, parsed once for all tests."""
    return [ast.parse(path.read_text()) for path in (root / "plugins").rglob("*.py")]


def python_texts(tree: ast.AST) -> Iterator[str]:
    """The texts of a Python file; what an f-string or ``format`` puts in is a gap."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield FORMAT.sub(GAP, node.value)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else GAP for part in node.values)


def yaml_texts(value) -> Iterator[str]:
    """The texts in a value of a YAML file; what Jinja puts in is a gap."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from yaml_texts(item)
    elif isinstance(value, str):
        yield JINJA.sub(GAP, value)


def given_reasons(tree: ast.AST) -> Iterator[str]:
    """The words for machines that the errors of a Python file get where they are written down."""
    for node in ast.walk(tree):
        for value in reasons_in(node):
            word = getattr(value, "value", None)
            if isinstance(word, str) and re.fullmatch("[a-z_]+", word):
                yield word


def reasons_in(node: ast.AST) -> list[ast.AST]:
    """What is called ``reason`` in a call, a class or a dict."""
    if isinstance(node, ast.keyword) and node.arg == "reason":
        return [node.value]
    if isinstance(node, ast.ClassDef):
        lines = [line for line in node.body if isinstance(line, ast.Assign)]
        return [line.value for line in lines if getattr(line.targets[0], "id", "") == "reason"]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [value for key, value in pairs if getattr(key, "value", None) == "reason"]
    return []


@pytest.fixture(scope="module")
def said():
    return sentences(ROOT)


@pytest.fixture(scope="module")
def words(said):
    """What a word for machines may be, such as ``unknown_secret`` where the code has ``unknown_{kind}``."""
    return [
        re.escape(text).replace(GAP, ".+") for text in said if re.fullmatch(rf"[a-z_{GAP}]*[a-z][a-z_{GAP}]*", text)
    ]


@pytest.mark.parametrize("message", quoted(PAGE.read_text(), 0))
def test_a_message_is_what_the_code_says(said, message):
    letters = sum(map(str.isalpha, "".join(constant_parts(message))))
    assert letters >= LEAST, "too short to be looked for"
    assert any(says(sentence, message) for sentence in said), "no sentence of plugins/, roles/ or playbooks/ has this"


@pytest.mark.parametrize("reason", sorted(set(quoted(PAGE.read_text(), 1))))
def test_a_reason_is_one_of_the_code(words, reason):
    assert any(re.fullmatch(word, reason) for word in words)


def test_every_reason_of_the_code_is_on_the_page():
    given = {reason for tree in python_files(ROOT) for reason in given_reasons(tree)}
    assert len(given) > 50
    assert given - NEVER_SHOWN - set(quoted(PAGE.read_text(), 1)) == set()


@pytest.mark.parametrize(
    ("sentence", "message", "expected"),
    [
        pytest.param(f"service {GAP} failed: {GAP}", "service <name> failed: <why>", True, id="what differs is a gap"),
        pytest.param(f"service{GAP} {GAP} failed", "service <names> failed", True, id="several gaps are one"),
        pytest.param(f"service {GAP} has failed", "service <name> failed", False, id="a word more"),
        pytest.param(f"service {GAP} fails", "service <name> failed", False, id="another word"),
        pytest.param("service web failed", "service <name> failed", False, id="what the code writes down is no gap"),
        pytest.param("it is so; do this instead", "do this instead", True, id="a part of a sentence"),
    ],
)
def test_a_sentence_says_a_message(sentence, message, expected):
    assert says(sentence, message) is expected


def test_tables_are_read():
    page = "text\n| message | reason |\n|---|---|\n| `a <b>` and `c` | `d` |\n| none | |\n"
    assert quoted(page, 0) == ["a <b>", "c"]
    assert quoted(page, 1) == ["d"]


def test_texts_of_a_plugin_and_of_a_role():
    texts = set(python_texts(ast.parse('x = f"no host {name!r} " "here"; y = "no {kind} here".format(kind="x")')))
    assert {"no host \0 here", "no \0 here"} <= texts
    assert list(yaml_texts([{"fail": {"msg": "no {{ a }} here"}}])) == ["no \0 here"]


def test_reasons_of_a_plugin():
    code = 'class A:\n    reason = "a"\nfail(reason="b")\n{"reason": "c", "x": "d"}\nVerdict(reason="a sentence")'
    assert sorted(given_reasons(ast.parse(code))) == ["a", "b", "c"]
