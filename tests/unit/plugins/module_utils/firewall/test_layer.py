# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest

from ansible_collections.flotilla.swarm.plugins.module_utils.core.errors import SwarmError
from ansible_collections.flotilla.swarm.plugins.module_utils.firewall.layer import (
    Command,
    Runner,
    Write,
    file_layer,
    write_file,
)


def run_command(argv, data, binary_data, environ_update):
    done = subprocess.run(argv, input=data, capture_output=True, text=True, env=environ_update, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_program_gets_its_input_and_is_counted():
    run = Runner(run_command)
    assert run(["cat"], "rules\n") == "rules\n"
    run.do(Command(["true"]))
    assert run.count == 2


def test_a_program_that_fails_is_named_with_its_words_in_one_line():
    run = Runner(run_command)
    command = Command(["sh", "-c", "echo 'no such\n  chain' >&2; exit 3"], name="writing the rules")
    with pytest.raises(SwarmError) as caught:
        run.do(command)
    assert str(caught.value) == "writing the rules failed: no such chain"


def test_a_program_that_is_not_there_is_an_answer_or_an_error():
    run = Runner(run_command)
    assert run.ask(["no-such-program"]) == (127, "", "no-such-program is not installed")
    with pytest.raises(SwarmError, match="^no-such-program -x failed: no-such-program is not installed$"):
        run(["no-such-program", "-x"])


def test_a_file_is_replaced_with_its_mode_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "deep" / "file"
    for text in ("one\n", "two\n"):
        write_file(Write(str(path), text, 0o750))
    assert path.read_text(encoding="utf-8") == "two\n"
    assert path.stat().st_mode & 0o777 == 0o750
    assert list(path.parent.iterdir()) == [path]


def test_a_file_is_removed_also_twice(tmp_path):
    path = tmp_path / "file"
    path.write_text("x", encoding="utf-8")
    for _time in range(2):
        write_file(Write(str(path), None))
    assert not path.exists()


@pytest.mark.parametrize(
    ("there", "text", "changed"),
    [(None, None, False), (None, "a\n", True), ("a\n", "a\n", False), ("a\n", "b\n", True), ("a\n", None, True)],
    ids=["not there and not wanted", "not there", "right", "other text", "not wanted"],
)
def test_a_file_is_a_layer_for_the_next_boot(tmp_path, there, text, changed):
    path = tmp_path / "file"
    if there is not None:
        path.write_text(there, encoding="utf-8")
    layer = file_layer(str(path), text)
    assert (layer.changed, layer.permanent) == (changed, True)
    Runner(run_command).do(layer.apply[0])
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == text
