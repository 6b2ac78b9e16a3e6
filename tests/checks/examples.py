# SPDX-License-Identifier: GPL-3.0-or-later
"""Say which example in the documents, in EXAMPLES and in examples/ cannot be right.

    examples.py            print how many examples of each kind there are, and what is wrong with any
    examples.py FILE...    these documents alone

YAML is parsed. What is a playbook, or tasks, goes through ansible-playbook --syntax-check; each call of a module of the
collection is held against its argument spec, and each variable of a role against those that roles declare. Inventories
are read by Ansible, Compose files by the collection's own loader. Commands are held against the parsers of those that
Ansible and this repository have. Links lead to files and headings that there are, and the index of the documents to
each page and playbook. A block that cannot be checked says by its language what it is.
"""

from __future__ import annotations

import ast
import configparser
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import example_shell
import yaml
from example_ansible import compose_problems, inventory_problems, syntax_problems
from example_blocks import Block, Document, blocks_of_files, blocks_of_plugins, document, documents
from example_specs import members, problems_of_call, problems_of_templates, problems_of_variable
from example_yaml import (
    TEMPLATED,
    Call,
    Loader,
    Variable,
    as_playbook,
    foreign,
    kind_of,
    split,
    template_problems,
    uses,
)
from sources import ROOT

# Languages of blocks that say nothing that could be checked here.
UNCHECKED = {"text", "mermaid", "diff", "toml", "dockerfile", "ruby", "hcl", "jinja", "html", "xml", "nginx"}
INDEX = Path("docs/README.md")
READERS = {
    "json": json.loads,
    "python": ast.parse,
    "ini": configparser.ConfigParser(allow_no_value=True, interpolation=None).read_string,
}


@dataclass
class Findings:
    """What was found: how many of each kind, what is wrong, and playbooks whose syntax is still to be checked."""

    counts: Counter = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    playbooks: list[tuple[Block, int, str]] = field(default_factory=list)
    others: set[tuple[str, str]] = field(default_factory=set)

    def note(self, block: Block, line: int, problems: Iterator[str]):
        """Keep problems of a line of a block, each once."""
        self.problems += dict.fromkeys(block.at(line, problem) for problem in problems)


def look_at_block(block: Block, findings: Findings):
    """Check a block by its language."""
    if block.language in ("yaml", "yml"):
        look_at_yaml(block, findings)
    elif block.language in example_shell.LANGUAGES:
        findings.counts["blocks of commands"] += 1
        for line, problem in example_shell.problems_of_shell(block.text, block.language == "console"):
            findings.note(block, line, [problem])
    elif block.language in READERS:
        findings.counts[f"blocks of {block.language}"] += 1
        try:
            READERS[block.language](block.text)
        except (ValueError, SyntaxError, configparser.Error) as exc:
            findings.note(block, (getattr(exc, "lineno", None) or 1) - 1, [" ".join(str(exc).split())])
    elif block.language in UNCHECKED:
        findings.counts[f"not checked: {block.language}"] += 1
    else:
        findings.note(block, -1, [f"a block of {block.language} is not known; text is what no one can check"])


def look_at_yaml(block: Block, findings: Findings):
    """Check each document of a block of YAML."""
    for line, text in split(block.text):
        try:
            data = yaml.load(text, Loader)
        except yaml.YAMLError as exc:
            mark = getattr(exc, "problem_mark", None)
            findings.note(
                block, line + (mark.line if mark else 0), [f"this is no YAML: {getattr(exc, 'problem', exc)}"]
            )
            continue
        kind = kind_of(data)
        findings.counts[f"YAML: {kind}"] += 1
        playbook = as_playbook(kind, text)
        if playbook:
            findings.playbooks.append((block, line, playbook))
            findings.others.update(foreign(data))
        if kind in TEMPLATED:
            findings.note(block, line, template_problems(data))
            findings.note(block, line, problems_of_templates(text))
        if kind == "inventory":
            findings.note(block, line, inventory_problems(text))
        if kind == "Compose file":
            findings.note(block, line, compose_problems(None, text))
        elif kind == "inventory of another plugin":
            # What such a plugin gives to variables are expressions.
            look_at_uses(
                block,
                line,
                (replace(use, value="{{ it }}") for use in uses(data) if isinstance(use, Variable)),
                findings,
            )
        else:
            look_at_uses(block, line, uses(data), findings)


def look_at_uses(block: Block, line: int, uses_of_it: Iterator[Call | Variable], findings: Findings):
    """Check the calls of modules and the variables of roles in an example."""
    for use in uses_of_it:
        if isinstance(use, Variable):
            findings.counts["values of variables"] += 1
            findings.note(block, line + use.line, problems_of_variable(use.name, use.value))
            continue
        findings.counts["calls of modules"] += 1
        findings.note(block, line + use.line, problems_of_call(use.module, use.arguments, use.defaults))
        composed = use.arguments.get("compose") if isinstance(use.arguments, dict) else None
        for part in composed if isinstance(composed, list) else [composed]:
            if isinstance(part, dict):
                findings.note(block, line + use.line, compose_problems(part))


def look_at_text(found: Document, findings: Findings, by_path: dict[Path, Document]):
    """Check the code within the sentences of a document, and its links."""
    whole = Block(found.path, 0, "", "")
    for line, code in found.codes:
        findings.counts["names and commands in sentences"] += 1
        findings.note(whole, line, example_shell.problems_of_words(code))
    for line, link in found.links:
        if ":" not in link:
            findings.counts["links"] += 1
            findings.note(whole, line, problems_of_link(found, link, by_path))


def problems_of_link(found: Document, link: str, by_path: dict[Path, Document]) -> Iterator[str]:
    """Yield whether a link within the repository leads nowhere."""
    name, _hash, anchor = link.partition("#")
    target = (ROOT / found.path).parent / name if name else ROOT / found.path
    if name and not target.exists():
        yield f"the link {link} leads to no file"
        return
    path = target.resolve().relative_to(ROOT) if target.resolve().is_relative_to(ROOT) else target
    known = found if not name else by_path.get(path)
    if anchor and known and anchor not in known.anchors:
        yield f"the link {link} leads to no heading; there are {', '.join(sorted(known.anchors))}"


def problems_of_index(index: Document, pages: list[Path], playbooks: set[str]) -> Iterator[str]:
    """Yield pages that the index of the documents does not lead to, and playbooks that it does not name."""
    linked = {link.partition("#")[0] for _line, link in index.links}
    named = {code for _line, code in index.codes}
    for path in pages:
        if path.parent == INDEX.parent and path != INDEX and path.name not in linked:
            yield f"{INDEX}:1: it does not lead to {path}"
    for name in sorted(playbooks):
        if f"flotilla.swarm.{name}" not in named:
            yield f"{INDEX}:1: it does not name playbook flotilla.swarm.{name}"


def look_at_all(found: list[Document], more: list[Block], known: list[Document] | None = None) -> Findings:
    """Check documents and blocks that are in none. ``known`` are all documents that links may lead to."""
    findings = Findings()
    by_path = {one.path: one for one in known or found}
    for one in found:
        for block in one.blocks:
            look_at_block(block, findings)
        look_at_text(one, findings, by_path)
    for block in more:
        look_at_block(block, findings)
    findings.problems += syntax_problems(findings.playbooks, findings.others)
    return findings


def main() -> int:
    """Print counts and problems; return 1 if there are any problems."""
    known = documents()
    if sys.argv[1:]:
        paths = [Path(name).resolve().relative_to(ROOT) for name in sys.argv[1:]]
        chosen = [document(path, (ROOT / path).read_text(encoding="utf-8")) for path in paths]
        findings = look_at_all(chosen, [], [*known, *chosen])
    else:
        findings = look_at_all(known, [*blocks_of_plugins(), *blocks_of_files()])
        by_path = {one.path: one for one in known}
        findings.problems += problems_of_index(by_path[INDEX], list(by_path), members()["playbook"])
    for kind, number in sorted(findings.counts.items()):
        print(f"{number:6} {kind}")
    print("\n".join(findings.problems) or "every example can be right")
    return bool(findings.problems)


if __name__ == "__main__":
    sys.exit(main())
