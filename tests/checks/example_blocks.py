# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the examples are: code blocks of documents, EXAMPLES of plugins and roles, and files that are examples."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from sources import ROOT, sources

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    ":(glob)docs/*.md",
    ":(glob)roles/*/README.md",
    ":(glob)examples/**/*.md",
    ":(glob)molecule/*.md",
)
FILES = (":(glob)examples/**/*.yml", ":(glob)inventories/**/hosts.yml", ":(glob)inventories/**/group_vars/*.yml")
PLUGINS = [f":(glob)plugins/{kind}/*.py" for kind in ("modules", "lookup", "inventory", "connection", "callback")]
SIDECARS = (":(glob)plugins/filter/*.yml", ":(glob)plugins/test/*.yml", ":(glob)plugins/lookup/*.yml")
ROLES = ":(glob)roles/*/meta/argument_specs.yml"
# How the lines of an indented block begin whose language nobody names.
PROGRAMS = r"ansible(?:-\w+)?|make|molecule|lab\.py|docker|curl|hey|pip3?|python3?|git|ssh|cd|export"
COMMAND = re.compile(rf"(?:[A-Z_]+=\S* )?(?:sudo )?(?:\S*/)?(?:{PROGRAMS})\s")


@dataclass(frozen=True)
class Block:
    """An example, the file that it is in and the line of the file that its first line is. ``language`` may be empty."""

    path: Path
    line: int
    language: str
    text: str

    def at(self, line: int, message: str) -> str:
        """Return a problem of this line of the block, which begins with line 0."""
        return f"{self.path}:{self.line + line}: {message}"


@dataclass
class Document:
    """What a document holds: its blocks; code in its text and links, each with its line; anchors of its headings."""

    path: Path
    blocks: list[Block] = field(default_factory=list)
    codes: list[tuple[int, str]] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


def document(path: Path, text: str) -> Document:
    """Return what a text in Markdown holds."""
    found, slugs, heading = Document(path), {}, False
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "fence":
            language = (token.info.split() or ["none"])[0]
            found.blocks.append(Block(path, token.map[0] + 2, language, token.content))
        elif token.type == "code_block":
            found.blocks.append(Block(path, token.map[0] + 1, guess(token.content), token.content))
        elif token.type == "inline":
            line = token.map[0] + 1
            found.codes += [(line, part.content) for part in token.children if part.type == "code_inline"]
            targets = [part.attrs.get("href", part.attrs.get("src")) for part in token.children]
            found.links += [(line, str(target)) for target in targets if target]
            if heading:
                slug = anchor(token)
                slugs[slug] = slugs.get(slug, -1) + 1
                found.anchors.add(f"{slug}-{slugs[slug]}" if slugs[slug] else slug)
        heading = token.type == "heading_open"
    return found


def anchor(heading: Token) -> str:
    """Return the anchor that a heading gets where Markdown is shown."""
    text = "".join(part.content for part in heading.children if part.type in ("text", "code_inline"))
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def guess(text: str) -> str:
    """Return the language of an indented block, which cannot say it: shell, yaml or text."""
    if any(COMMAND.match(f"{line} ") for line in text.splitlines()):
        return "shell"
    try:
        return "yaml" if isinstance(yaml.safe_load(text), dict) and re.match(r"[\w.]+:(\s|$)", text) else "text"
    except yaml.YAMLError:
        return "text"


def documents() -> list[Document]:
    """Return all documents of the repository."""
    return [document(path, (ROOT / path).read_text(encoding="utf-8")) for path in sources(*DOCUMENTS)]


def blocks_of_files() -> Iterator[Block]:
    """Yield files that are examples as a whole."""
    for path in sources(*FILES):
        yield Block(path, 1, "yaml", (ROOT / path).read_text(encoding="utf-8"))


def blocks_of_plugins() -> Iterator[Block]:
    """Yield EXAMPLES of plugins, of the files beside filters and the like, and examples of roles."""
    for path in sources(*PLUGINS):
        yield from examples_of_plugin(path, (ROOT / path).read_text(encoding="utf-8"))
    for path in sources(*SIDECARS):
        yield from examples_of_sidecar(path, (ROOT / path).read_text(encoding="utf-8"))
    for path in sources(ROLES):
        yield from examples_of_role(path, (ROOT / path).read_text(encoding="utf-8"))


def examples_of_plugin(path: Path, text: str) -> Iterator[Block]:
    """Yield EXAMPLES in the source of a module or another plugin."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
            # The text begins with the end of the line that has the quotes.
            yield Block(path, node.value.lineno, "yaml", ast.literal_eval(node.value))


def examples_of_sidecar(path: Path, text: str) -> Iterator[Block]:
    """Yield EXAMPLES of a filter's documentation."""
    examples = yaml.safe_load(text).get("EXAMPLES")
    if examples:
        yield Block(path, line_of(text, "EXAMPLES:"), "yaml", as_text(examples))


def examples_of_role(path: Path, text: str) -> Iterator[Block]:
    """Yield the examples of each entry point of a role."""
    for entry in yaml.safe_load(text)["argument_specs"].values():
        if entry.get("examples"):
            yield Block(path, line_of(text, "examples:"), "yaml", as_text(entry["examples"]))


def as_text(examples) -> str:
    """Return examples as text, which may also be written as data."""
    return textwrap.dedent(examples) if isinstance(examples, str) else yaml.safe_dump(examples, sort_keys=False)


def line_of(text: str, start: str) -> int:
    """Return the line after the one that begins so."""
    lines = (line.strip() for line in text.splitlines())
    return 1 + next((number for number, line in enumerate(lines, 1) if line.startswith(start)), 0)
