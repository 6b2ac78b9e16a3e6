# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the files of a stack come from: the controller, or the host of the task."""

from __future__ import annotations

import base64
import errno
import os

from ansible.errors import AnsibleError, AnsibleFileNotFound
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.loader import lookup_loader
from ansible.release import __version__ as ansible_release

from ...module_utils.core.fields import argument_spec, options
from ...module_utils.core.values import strings
from ...module_utils.stack.fields import READING
from .convert import convert
from .environment import parse_env_file
from .load import Settings, Source, load
from .problems import ComposeError, Problem

RELEASE = tuple(int(part) for part in ansible_release.split(".")[:2])
NO_FILE = "there is no such file on the controller; correct the name, or use remote_src: true for files on the host"
NAMES = [name for field in options(READING) for name in (field.option, *field.aliases)]


class Files:
    """Files as the task of an action plugin means them."""

    def __init__(self, action, task_vars, remote: bool):
        self.action, self.task_vars, self.remote = action, task_vars, remote
        self._contents: dict = {}

    def find(self, name: str) -> str:
        """The absolute path of a file that a playbook names.

        It is where Ansible looks for files of a playbook or role, or else relative to where Ansible was started,
        which is the top of the project in AWX.
        """
        if self.remote:
            return name
        try:
            return self.action._find_needle("files", name)
        except AnsibleError as exc:
            if os.path.isfile(name):
                return os.path.abspath(name)
            raise ComposeError([Problem(name, None, (), NO_FILE)]) from exc

    def read(self, path: str) -> bytes:
        """The content of a file, decrypted if it is in a vault; OSError if there is none. Each is read once."""
        if path not in self._contents:
            self._contents[path] = self._read(path)
        return self._contents[path]

    def _read(self, path):
        if not self.remote:
            try:
                return self.action._loader._get_file_contents(path)[0]
            except AnsibleFileNotFound as exc:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from exc
            except AnsibleError as exc:
                raise OSError(" ".join(str(exc).split())) from exc
        context = self.action._connection._play_context
        shown, context.no_log = context.no_log, True
        try:
            done = self.action._execute_module("ansible.builtin.slurp", {"src": path}, task_vars=self.task_vars)
        finally:
            context.no_log = shown
        if done.get("failed"):
            raise OSError(done.get("msg") or "it cannot be read")
        return base64.b64decode(done["content"])

    def text(self, path: str, name: str) -> str:
        """The content of a file that a playbook names, as text."""
        try:
            return self.read(path).decode()
        except (OSError, UnicodeDecodeError) as exc:
            raise ComposeError(
                [Problem(name, None, (), f"it cannot be read: {getattr(exc, 'strerror', None) or exc}")]
            ) from exc

    def filled_in(self, path: str) -> str:
        """The content of a file that is a Jinja2 template."""
        action = self.action
        if self.remote:
            raise AnsibleError("template fills in files of the controller only; leave template or remote_src out")
        lookup = lookup_loader.get("ansible.builtin.template", loader=action._loader, templar=action._templar)
        # Until ansible-core 2.19 it makes data of what looks like it, unless told otherwise.
        plain = {} if RELEASE >= (2, 19) else {"convert_data": False}
        return str(lookup.run([path], self.task_vars, **plain)[0])


def options_of(args: dict) -> dict:
    """The options that say what is read, checked and completed."""
    given = {name: args[name] for name in NAMES if args.get(name) is not None}
    for name in ("compose", "compose_files"):
        if isinstance(given.get(name), dict):
            given[name] = [given[name]]
    checked = ArgumentSpecValidator(argument_spec(READING)).validate(given)
    if checked.error_messages:
        raise AnsibleError("; ".join(checked.error_messages))
    return checked.validated_parameters


def sources(files: Files, given: dict) -> list:
    """The files and definitions, in order. Paths in them are relative to where the first file is."""
    found = []
    for number, item in enumerate(given["compose"]):
        if isinstance(item, dict):
            name = "compose" if len(given["compose"]) == 1 else f"compose[{number}]"
            found.append(Source(name, None, item, base_directory(files, found)))
            continue
        path = files.find(str(item))
        text = files.filled_in(path) if given["template"] else files.text(path, str(item))
        directory = found[0].directory if found else os.path.dirname(path)
        found.append(Source(str(item), text, None, directory))
    return found


def base_directory(files: Files, found: list) -> str:
    """Where paths in a definition begin."""
    return found[0].directory if found else files.action._loader.get_basedir()


def environment(files: Files, given: dict) -> dict:
    """The variables that fill in the files."""
    env = dict(os.environ) if given["controller_env"] else {}
    own = strings(given["env"])
    for name in given["env_files"]:
        env.update(parse_env_file(files.text(files.find(name), name), name, {**env, **own}, given["allow_unset"]))
    return {**env, **own}


def declaration(action, task_vars, args: dict) -> tuple:
    """What the files of a task declare, with warnings; ComposeError or AnsibleError with all that is wrong."""
    given = options_of(args)
    if not given["compose"]:
        raise AnsibleError("compose is needed to deploy a stack; give a Compose file, or several")
    files = Files(action, task_vars, given["remote_src"])
    settings = Settings(environment(files, given), given["allow_unset"], files.read)
    name = args.get("name") or ""
    stack = str(name[0] if isinstance(name, list) else name)
    try:
        project = load(sources(files, given), settings)
    except ComposeError as exc:
        raise with_more(exc, stack, files) from exc
    return convert(project, stack, files.read), list(project.warnings)


def with_more(error: ComposeError, stack: str, files: Files) -> ComposeError:
    """The error with what is wrong in the rest as well, which only shows when that is converted."""
    found = list(error.problems)
    try:
        if error.project:
            convert(error.project, stack, files.read)
    except ComposeError as more:
        # What follows from a part that was left out says nothing.
        found += [one for one in more.problems if not any(follows(one, other) for other in error.problems)]
    return ComposeError(found)


def follows(problem, other) -> bool:
    """Whether a problem may be there only because another one's key was left out."""
    depth = min(len(problem.path), len(other.path), 3)
    return problem.path[:depth] == other.path[:depth]
