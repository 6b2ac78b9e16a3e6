# SPDX-License-Identifier: GPL-3.0-or-later
"""Pins and tables of versions, and what is read from what tests print."""

import pytest
import version_pins
import version_runs
import version_table

TEXT = """# Versions

<!-- versions: docker -->
<!-- end of docker -->

after
"""
ROW = ("5.0.3", "3.11", "70 passed", "2026-01-01")


@pytest.fixture
def document(tmp_path, monkeypatch):
    path = tmp_path / "versions.md"
    path.write_text(TEXT)
    monkeypatch.setattr(version_table, "DOCUMENT", path)
    return path


def test_a_row_is_read_as_it_was_written_and_others_stay(document):
    version_table.update("docker", ("5.0.3", "7.1.0"), {"5.0.3": ROW})
    version_table.update("docker", ("5.0.3", "7.1.0"), {"7.1.0": ("7.1.0", *ROW[1:])})
    text = document.read_text()
    assert version_table.rows(text, "docker") == {"5.0.3": ROW, "7.1.0": ("7.1.0", *ROW[1:])}
    assert text.startswith("# Versions\n")
    assert text.endswith("\nafter\n")


def test_what_was_not_run_says_so(document):
    version_table.update("docker", ("5.0.3", "7.1.0"), {"5.0.3": ROW})
    assert version_table.rows(document.read_text(), "docker")["7.1.0"] == ("7.1.0", "not run", "not run", "not run")


def test_a_version_that_is_tried_no_more_goes(document):
    version_table.update("docker", ("5.0.3", "7.1.0"), {"5.0.3": ROW})
    version_table.update("docker", ("7.1.0", "7.2.0"), {})
    assert list(version_table.rows(document.read_text(), "docker")) == ["7.1.0", "7.2.0"]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (("5.0.3",), []),
        (("5.0.3", "7.1.0"), ["docs/versions.md: the table of docker has 5.0.3, and 5.0.3, 7.1.0 are tried"]),
        ((), ["docs/versions.md: the table of docker has 5.0.3, and  are tried"]),
    ],
)
def test_a_table_of_other_versions_is_told(document, wanted, words):
    version_table.update("docker", ("5.0.3",), {"5.0.3": ROW})
    found = list(version_table.problems({"docker": wanted}))
    assert [one.partition(";")[0] for one in found] == words


def test_a_document_without_the_table_is_told(document):
    with pytest.raises(SystemExit, match="the lines <!-- versions: python --> and <!-- end of python --> are missing"):
        version_table.update("python", ("3.9",), {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("....\n4138 passed in 94.36s (0:01:34)\n", "4138 passed"),
        ("=== 2 failed, 9 passed, 3 warnings in 0.52s ===\n", "2 failed, 9 passed"),
        ("1 passed, 1 skipped in 1s\n2 errors in 9.43s\n", "2 errors"),
        ("Traceback\n", ""),
    ],
)
def test_the_summary_of_pytest(text, words):
    assert version_runs.summary(text) == words


@pytest.mark.parametrize(("python", "wanted"), [("3.9", "8.4.2"), ("3.10", "9.2.0"), ("3.13", "9.2.0")])
def test_older_pythons_get_older_packages(tmp_path, monkeypatch, python, wanted):
    for name, line in (("CONSTRAINTS", "pytest==9.2.0"), ("OLDER", 'pytest==8.4.2 ; python_version < "3.10"')):
        (tmp_path / name).write_text(f"# A comment\n{line}\n")
        monkeypatch.setattr(version_pins, name, tmp_path / name)
    assert version_pins.constraints(python, ()) == [f"pytest=={wanted}"]


def test_a_pin_goes_before_the_constraints():
    found = version_pins.constraints("3.11", ("resolvelib==1.0.1", "ansible-core==2.18.19"))
    assert {"resolvelib==1.0.1", "ansible-core==2.18.19"} <= set(found)
    assert len([one for one in found if one.startswith("ansible-core==")]) == 1


def test_a_constraint_that_is_not_tried_is_told(tmp_path, monkeypatch):
    assert list(version_pins.problems()) == []
    other = tmp_path / "constraints.txt"
    other.write_text('ansible-core==2.17.1 ; python_version < "3.14"\ndocker==7.1.0\n')
    monkeypatch.setattr(version_pins, "CONSTRAINTS", other)
    assert [one.partition(": ")[2] for one in version_pins.problems()] == [
        "ansible-core==2.17.1 of requirements/constraints.txt is missing"
    ]
