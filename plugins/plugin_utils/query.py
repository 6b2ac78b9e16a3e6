# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option ``query`` of the modules that look something up: JMESPath on the controller, so that nodes need no library."""

from __future__ import annotations

import json
import re
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.vars import merge_hash

try:
    import jmespath
    from jmespath.exceptions import IncompleteExpressionError, JMESPathError, ParseError
    from jmespath.functions import Functions
except ImportError:
    jmespath = None


# What Ansible adds to a result; warnings are of a type that is no JSON.
NOT_FOUND = ("invocation", "warnings", "deprecations", "exception")


class QueryError(Exception):
    """Why an expression cannot be evaluated, as one sentence; ``reason`` is the word for machines."""

    def __init__(self, message, reason="invalid_option"):
        super().__init__(message)
        self.reason = reason


class QueryAction(ActionBase):
    """Run the module of the task, and put what ``query`` makes of its result into ``query_result``."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp=None, task_vars=None):
        """The module's result. An expression that is wrong ends the task before the host is asked."""
        result = super().run(tmp, task_vars)
        wrap_async = self._task.async_val and not self._connection.has_native_async
        try:
            expression = read_query(self._task.args.get("query"), bool(wrap_async))
            arguments = self.arguments(task_vars)
            done = self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=wrap_async)
            result = merge_hash(result, done)
            if expression is not None and not result.get("failed"):
                result["query_result"] = evaluate(expression, result)
        except QueryError as exc:
            result.update(failed=True, msg=str(exc), failure={"reason": exc.reason})
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def arguments(self, task_vars) -> dict:
        """The options that the module gets."""
        return self._task.args


def read_query(text: Any, in_background: bool = False):
    """The compiled expression, or None if there is none."""
    if text is None:
        return None
    if in_background:
        raise QueryError("query: a task with async has no result to ask; leave out async or query")
    if not isinstance(text, str):
        raise QueryError(f"query: {text!r} is no text; write a JMESPath expression in quotes")
    if jmespath is None:
        raise QueryError(
            "query: the Python library 'jmespath' is not installed for the Python that runs Ansible on the "
            "controller; install it there, or leave out query",
            "missing_library",
        )
    return compile_query(text)


def compile_query(text: str):
    """The compiled expression; QueryError says at which character it is wrong."""
    try:
        expression = jmespath.compile(text)
    except IncompleteExpressionError as exc:
        place = f"character {exc.lex_position}"
        raise QueryError(f"query: {text!r} ends too early; something is missing after {place}") from exc
    except ParseError as exc:
        place = f"character {exc.lex_position + 1}"
        raise QueryError(f"query: {text!r} is wrong at {place}, at {str(exc.token_value)!r}; correct it there") from exc
    except JMESPathError as exc:
        raise QueryError("query: the expression is empty; write one, or leave out query") from exc
    for name in sorted(functions(expression.parsed) - set(Functions.FUNCTION_TABLE)):
        call = re.search(rf"\b{name}\s*\(", text)
        place = f"character {call.start() + 1}"
        known = ", ".join(sorted(Functions.FUNCTION_TABLE))
        raise QueryError(f"query: {text!r} calls {name} at {place}, which is no function; there are {known}")
    return expression


def functions(node: dict) -> set:
    """The names of all functions that a parsed expression calls."""
    called = {node["value"]} if node["type"] == "function_expression" else set()
    return called.union(*(functions(child) for child in node["children"] if isinstance(child, dict)))


def evaluate(expression, result: dict) -> Any:
    """What the expression makes of a module's result."""
    # jmespath knows types by their exact names, and Ansible's strings are of a type of its own.
    told = {key: value for key, value in result.items() if key not in NOT_FOUND and not key.startswith("_")}
    try:
        return expression.search(json.loads(json.dumps(told)))
    except JMESPathError as exc:
        raise QueryError(f"query: {expression.expression!r} does not fit what was found: {exc}") from exc
