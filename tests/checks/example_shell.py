# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of examples: their syntax, their options, and whether what they name is there."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

from example_specs import members, problems_of_variable
from example_yaml import ROLE_PREFIXES
from sources import ROOT, sources

LANGUAGES = ("shell", "sh", "bash", "console")
# The commands of Ansible whose own parsers are asked.
PARSERS = {
    "ansible": ("adhoc", "AdHocCLI"),
    "ansible-playbook": ("playbook", "PlaybookCLI"),
    "ansible-galaxy": ("galaxy", "GalaxyCLI"),
    "ansible-doc": ("doc", "DocCLI"),
    "ansible-inventory": ("inventory", "InventoryCLI"),
    "ansible-vault": ("vault", "VaultCLI"),
    "ansible-config": ("config", "ConfigCLI"),
}
OWN = "flotilla.swarm."
# Where a path that a command names is one of this repository.
PLACES = ("examples/", "tests/", "molecule/lab/", "awx/", "requirements/", "playbooks/")
KNOWN = re.compile(rf"(\.\.\. )?({'|'.join(PARSERS)}|{re.escape(OWN)}\w+|make)( |$)")


def problems_of_shell(text: str, prompted: bool = False) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with lines of shell, each with its line. ``prompted`` lines begin with a dollar."""
    if prompted:
        text = commands_of_session(text)
    answer = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
    if answer.returncode:
        yield 0, f"the shell says: {' '.join(answer.stderr.split())}"
        return
    for line, words in commands(text):
        yield from ((line, problem) for problem in problems_of_command(words))


def commands_of_session(text: str) -> str:
    """Return what was typed in a session, with empty lines in place of what was printed."""
    typed, goes_on = [], False
    for line in text.splitlines():
        own = goes_on or line.startswith("$ ")
        typed.append((line if goes_on else line[2:]) if own else "")
        goes_on = own and line.endswith("\\")
    return "\n".join(typed)


def commands(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of each simple command, with its line."""
    # What a here-document holds is no command.
    text = re.sub(
        r"<<-?\s*'?(\w+)'?(.*?)\n.*?^\1$", lambda found: found[2] + "\n" * found[0].count("\n"), text, flags=re.S | re.M
    )
    kept, start = "", 0
    for number, line in enumerate(text.splitlines()):
        start = start if kept else number
        kept += line.removesuffix("\\")
        if line.endswith("\\"):
            continue
        lexer = shlex.shlex(kept, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        try:
            for word in [*lexer, ";"]:
                if set(word) <= set(";&|()"):
                    if words:
                        yield start, words
                    words = []
                else:
                    words.append(word)
        except ValueError:
            # A quotation goes on in the next line.
            kept += "\n"
            continue
        kept = ""


def problems_of_command(words: list[str]) -> Iterator[str]:
    """Yield what is wrong with one command."""
    while words and (
        re.match(r"\w+=", words[0]) or words[0] in ("sudo", "time", "then", "do", "else", "if", "!", "...")
    ):
        words = words[1:]
    if not words:
        return
    program, rest = words[0].rpartition("/")[2], redirected(words[1:])
    if words[0].startswith(OWN):
        program, rest = "ansible-playbook", words
    if program in PARSERS:
        yield from problems_of_ansible(program, rest)
    elif program == "make":
        yield from problems_of_make(rest)
    elif "lab.py" in [word.rpartition("/")[2] for word in words[:2]]:
        yield from problems_of_lab(words[1:] if program == "lab.py" else words[2:])
    for before, word in zip(words, words[1:]):
        if (
            word.startswith(PLACES)
            and before not in ("--inventory", "-i", ">")
            and not list(ROOT.glob(word.rstrip("/")))
        ):
            yield f"there is no {word}"


def redirected(words: list[str]) -> list[str]:
    """Return words up to the first that sends output elsewhere."""
    end = next((number for number, word in enumerate(words) if re.match(r"\d?[<>]", word)), len(words))
    return words[:end]


@cache
def parser_of(program: str):
    """Return the parser of the command line of one of Ansible's commands."""
    module, name = PARSERS[program]
    cli = getattr(importlib.import_module(f"ansible.cli.{module}"), name)([program])
    cli.init_parser()
    return cli.parser


def parsed(parse, words: list[str]):
    """Return what a parser of command lines makes of words, and what it says against them."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            return parse(words), ""
        except SystemExit as exc:
            return None, "" if exc.code == 0 else said.getvalue().strip().splitlines()[-1]


def problems_of_ansible(program: str, words: list[str]) -> Iterator[str]:
    """Yield what is wrong with a command of Ansible."""
    options, said = parsed(parser_of(program).parse_args, words)
    if options is None:
        if said:
            yield said
        return
    kind = {"ansible-playbook": "playbook", "ansible-doc": getattr(options, "type", "")}.get(program)
    known, named = members().get(kind, set()), options.args if kind else []
    for name in named:
        if name.startswith(OWN) and name.removeprefix(OWN) not in known:
            yield f"there is no {kind} {name}"
    # A playbook may take variables from files beside it.
    beside = [path for name in named if (ROOT / name).is_file() for path in (ROOT / name).parent.glob("*.yml")]
    texts = [path.read_text(encoding="utf-8") for path in beside]
    for given in getattr(options, "extra_vars", None) or []:
        yield from problems_of_extra_vars(given, " ".join(texts))


def problems_of_extra_vars(given: str, playbook: str) -> Iterator[str]:
    """Yield what is wrong with the value of one -e. ``playbook`` is the text that knows it, or empty."""
    values = {}
    if given.startswith(("{", "[")):
        try:
            values = json.loads(given)
        except ValueError as exc:
            yield f"-e {given}: {exc}"
    elif not given.startswith("@"):
        if not all("=" in word for word in shlex.split(given)):
            yield f"-e {given} is no name=value"
        values = dict(word.split("=", 1) for word in shlex.split(given) if "=" in word)
    for name, value in values.items():
        if name.startswith(ROLE_PREFIXES):
            yield from problems_of_variable(name, "{{ template }}" if "$" in str(value) else value)
        elif playbook and not re.search(rf"\b{re.escape(name)}\b", playbook):
            yield f"the playbook knows no variable {name}"


@cache
def targets() -> set[str]:
    """Return what make knows how to make."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    parts = re.search(r"^PARTS := (.*)$", text, re.M)
    return {*re.findall(r"^([\w-]+):", text, re.M), *(parts[1].split() if parts else ())}


def problems_of_make(words: list[str]) -> Iterator[str]:
    """Yield targets and scenarios that are not there."""
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name == "SCENARIO":
            yield from problems_of_scenario(value)
        elif not equals and re.fullmatch(r"[a-z][\w-]*", word) and word not in targets():
            yield f"make knows no {word}"


def problems_of_scenario(name: str) -> Iterator[str]:
    """Yield a scenario that is not there."""
    if re.fullmatch(r"[a-z]\w*", name) and not (ROOT / "molecule" / name).is_dir():
        yield f"there is no scenario {name}"


@cache
def lab():
    """Return the program that makes machines."""
    sys.path.insert(0, str(ROOT / "molecule" / "lab"))
    return importlib.import_module("lab")


def problems_of_lab(words: list[str]) -> Iterator[str]:
    """Yield what lab.py would say against its command line."""

    def parse(given):
        sys.argv, before = ["lab.py", *given], sys.argv
        try:
            return lab().parse_arguments()
        finally:
            sys.argv = before

    said = parsed(parse, words)[1]
    if said and not any(re.fullmatch(r"[A-Z]+", word) for word in words):
        yield said


def problems_of_words(text: str) -> Iterator[str]:
    """Yield what is wrong with code within a sentence: a command, a name or a variable of the collection."""
    everything = set().union(*members().values())
    if KNOWN.match(text) and " " in text:
        try:
            yield from problems_of_command(shlex.split(text))
        except ValueError as exc:
            yield f"`{text}` is no command: {exc}"
    for name in re.findall(rf"(?<![\w.]){re.escape(OWN)}(\w+)(?![\w.])", text):
        if name not in everything and not name.isupper() and name not in labels():
            yield f"there is no {OWN}{name}"
    if re.fullmatch(r"\w+", text) and text.startswith(ROLE_PREFIXES) and text not in tags():
        yield from problems_of_variable(text, "{{ template }}")


@cache
def tags() -> set[str]:
    """Return words of inventories of clouds, whose tags may look like variables, and prefixes themselves."""
    paths = sources(":(glob)examples/inventories/**")
    texts = [(ROOT / path).read_text(encoding="utf-8") for path in paths]
    return {*ROLE_PREFIXES, *(word for text in texts for word in re.findall(r"\w+", text))}


@cache
def labels() -> set[str]:
    """Return names of labels that the collection writes, which look like those of its modules."""
    found: set[str] = set()
    for path in sources(":(glob)plugins/**/*.py"):
        found.update(
            re.findall(rf"(?:\"{re.escape(OWN)}|OWN_PREFIX}})(\w+)", (ROOT / path).read_text(encoding="utf-8"))
        )
    return found
