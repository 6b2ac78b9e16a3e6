# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.environment import (
    parse_env_file,
    parse_service_env_file,
)
from ansible_collections.flotilla.swarm.plugins.plugin_utils.compose.problems import ComposeError

ENV = {"HERE": "from env", "EMPTY": ""}


def errors(parse, text):
    with pytest.raises(ComposeError) as caught:
        parse(text, "a.env", ENV)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("\n\n \t\n# A=1\n  # B=1\n", {}, id="blank lines and comments"),
        pytest.param('A="x" # y\n', {"A": '"x" # y'}, id="quotes and a hash are of the value"),
        pytest.param("A= 4 \n", {"A": " 4 "}, id="blanks are of the value"),
        pytest.param("A=a=b", {"A": "a=b"}, id="so is a second ="),
        pytest.param("A=$HERE ${HERE}", {"A": "$HERE ${HERE}"}, id="variables are not put in"),
        pytest.param("A=1\nA=2", {"A": "2"}, id="the last wins"),
        pytest.param("A=", {"A": ""}, id="an empty value"),
        pytest.param("HERE\nGONE\nEMPTY", {"HERE": "from env", "EMPTY": ""}, id="names alone"),
        pytest.param("A=1\r\nHERE\r\nB=x\ry\r\r\n", {"A": "1", "HERE": "from env", "B": "x\ry\r"}, id="Windows lines"),
        pytest.param("\ufeffA=1", {"A": "1"}, id="a byte order mark"),
        pytest.param("\t  A=1\n\tHERE", {"A": "1", "HERE": "from env"}, id="blanks before a name"),
        pytest.param("A=\v\x1e\x85x", {"A": "\v\x1e\x85x"}, id="only a line feed ends a line"),
        pytest.param("1a.b-c=2", {"1a.b-c": "2"}, id="any name"),
    ],
)
def test_a_services_file_is_read_as_docker_stack_was_measured_to(text, values):
    assert parse_service_env_file(text, "a.env", ENV) == values


def test_all_lines_of_a_services_file_that_are_wrong_are_listed_without_their_values():
    blank = "the name before the = holds a blank; write NAME=value without blanks around the =, and without export"
    assert errors(parse_service_env_file, "export A=sesame\nB=1\n=sesame\nC =sesame\nHERE \nA\tB=1") == [
        f"a.env:1: {blank}",
        "a.env:3: there is no name before the =; write one",
        f"a.env:4: {blank}",
        f"a.env:5: {blank}",
        f"a.env:6: {blank}",
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("\n # x\n#y\n \t\n", {}, id="blank lines and comments"),
        pytest.param("A=1\nB = 2 \n\tC=3", {"A": "1", "B": "2", "C": "3"}, id="blanks are not of the value"),
        pytest.param("A: 1", {"A": "1"}, id="a colon"),
        pytest.param("export A=1\nexport  HERE\n", {"A": "1", "HERE": "from env"}, id="export"),
        pytest.param("exported=1", {"exported": "1"}, id="a name that begins like export"),
        pytest.param("A=\nB=''\nC=\"\"", {"A": "", "B": "", "C": ""}, id="empty values"),
        pytest.param("A=x # y\nB=x#y\nC= # y\nD=#y", {"A": "x", "B": "x#y", "C": "", "D": "#y"}, id="comments"),
        pytest.param("A=\"x # y\" # z\nB='#' #", {"A": "x # y", "B": "#"}, id="comments after quotes"),
        pytest.param('A=it\'s "so"', {"A": 'it\'s "so"'}, id="quotes within a value"),
        pytest.param('A="a\\nb\\t\\\\ \\"q\\""', {"A": 'a\nb\t\\ "q"'}, id="escapes in double quotes"),
        pytest.param("A='a\\nb \\'q\\''", {"A": "a\\nb 'q'"}, id="single quotes are literal"),
        pytest.param("A=a\\nb", {"A": "a\\nb"}, id="no escapes without quotes"),
        pytest.param("A=\"a\nb\"\nB='c\n\nd'\nC=1", {"A": "a\nb", "B": "c\n\nd", "C": "1"}, id="values of many lines"),
        pytest.param(
            "A=$HERE\nB=\"${HERE}!\"\nC='$HERE'", {"A": "from env", "B": "from env!", "C": "$HERE"}, id="variables"
        ),
        pytest.param("A=1\nB=${A}2\nC=$B-$A", {"A": "1", "B": "12", "C": "12-1"}, id="variables of the same file"),
        pytest.param("HERE=file\nA=$HERE", {"HERE": "file", "A": "from env"}, id="the environment wins over the file"),
        pytest.param("A=${GONE:-d}\nB=${EMPTY:-d}", {"A": "d", "B": "d"}, id="defaults"),
        pytest.param('A=a$$b\nB="\\$HERE"', {"A": "a$b", "B": "$HERE"}, id="dollar signs"),
        pytest.param("HERE\nGONE\nEMPTY", {"HERE": "from env", "EMPTY": ""}, id="names alone"),
        pytest.param('A=1\r\nB="2"\r\n', {"A": "1", "B": "2"}, id="Windows lines"),
        pytest.param("\ufeffA=1", {"A": "1"}, id="a byte order mark"),
        pytest.param("A=1\nA=2", {"A": "2"}, id="the last wins"),
    ],
)
def test_a_file_for_interpolation_is_read_as_compose_reads_it(text, values):
    assert parse_env_file(text, "a.env", ENV) == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "A=1\nsesame here", "a.env:2: this is no NAME=value; write one, or # before a comment", id="a text"
        ),
        pytest.param("=sesame", "a.env:1: this is no NAME=value; write one, or # before a comment", id="no name"),
        pytest.param(
            'A=1\nB="sesame\n', "a.env:2: the quote that begins the value is not closed; close it", id="quote"
        ),
        pytest.param(
            "A='\n'\nB='a' sesame",
            "a.env:3: something follows the closing quote; take it out, or put # before it",
            id="text after a quote",
        ),
        pytest.param(
            "A=$GONE",
            "a.env:1: the variable GONE is not set; "
            "set it, give it a default as in ${GONE:-default}, or allow_unset: true",
            id="a variable without a value",
        ),
        pytest.param(
            "A=sesame$", "a.env:1: the $ at character 7 begins no variable; write $$ if it is a $", id="a dollar sign"
        ),
    ],
)
def test_what_is_wrong_in_a_file_for_interpolation_is_said_without_its_values(text, said):
    assert errors(parse_env_file, text) == [said]


def test_all_that_is_wrong_in_a_file_for_interpolation_is_listed():
    assert [line.split(":")[1] for line in errors(parse_env_file, "A$=1\nB=1\nC='1' x\nD=$GONE\n")] == ["1", "3", "4"]


def test_with_allow_unset_a_variable_is_empty():
    assert parse_env_file("A=<$GONE>", "a.env", ENV, allow_unset=True) == {"A": "<>"}
