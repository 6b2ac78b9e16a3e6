# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of examples finds what is wrong with one, and nothing against those that are right."""

from pathlib import Path
from textwrap import dedent

import example_blocks
import example_yaml
import pytest
import yaml
from example_ansible import syntax_problems
from example_blocks import Block, document, examples_of_plugin, examples_of_sidecar

from examples import INDEX, Findings, look_at_all, look_at_block, look_at_text, problems_of_index

HERE = Path("docs/example.md")


def fenced(language, text):
    return f"# Example\n\n```{language}\n{dedent(text).strip()}\n```\n"


def problems_of(text):
    """What is wrong with a document, but for what ansible-playbook says, each without its place."""
    findings, found = Findings(), document(HERE, text)
    for block in found.blocks:
        look_at_block(block, findings)
    look_at_text(found, findings, {})
    return [problem.split(": ", 1)[1] for problem in findings.problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("- {name: A, name: B}", "the key name comes twice", id="a key twice"),
        pytest.param("- name: [", "this is no YAML", id="no YAML"),
        pytest.param(
            "- flotilla.swarm.servce: {name: web}", "there is no module flotilla.swarm.servce", id="an unknown module"
        ),
        pytest.param(
            "- flotilla.swarm.service: {name: web, replica: 2}", "there is no option replica", id="an unknown option"
        ),
        pytest.param(
            "- flotilla.swarm.service: {name: web, replicas: two}", "unable to convert to int", id="a wrong type"
        ),
        pytest.param(
            "- flotilla.swarm.service: {name: web, update_config: {ordr: stop-first}}",
            "there is no option update_config.ordr",
            id="an unknown suboption",
        ),
        pytest.param(
            "- flotilla.swarm.service: {name: web, publish: [{target_port: 80, mode: hos}]}",
            "value of mode must be one of",
            id="no such choice",
        ),
        pytest.param(
            "- flotilla.swarm.stack: {compose: a.yml}", "missing required arguments: name", id="a missing option"
        ),
        pytest.param(
            """
            - block:
                - flotilla.swarm.node: {hostnme: a}
            """,
            "there is no option hostnme",
            id="a task in a block",
        ),
        pytest.param(
            "- flotilla.swarm.stack: {name: a, compose: [{services: {web: {imag: nginx}}}]}",
            "services.web.imag",
            id="a Compose file in place",
        ),
        pytest.param(
            "- ansible.builtin.debug: {msg: '{{ a | }}'}", "the template '{{ a | }}' is wrong", id="a template"
        ),
        pytest.param(
            """
            - ansible.builtin.debug: {msg: a}
              when: a ==
            """,
            "the template 'a ==' is wrong",
            id="a condition",
        ),
        pytest.param(
            "- ansible.builtin.debug: {msg: '{{ a | flotilla.swarm.publishd_endpoints }}'}",
            "there is no filter",
            id="a filter",
        ),
        pytest.param(
            """
            - hosts: "{{ lookup('flotilla.swarm.host', 'managers') }}"
            """,
            "there is no lookup flotilla.swarm.host",
            id="a lookup",
        ),
        pytest.param("swarm_servces: []", "no role declares the variable swarm_servces", id="an unknown variable"),
        pytest.param("firewall_state: gone", "value of firewall_state must be one of", id="a value no role takes"),
        pytest.param(
            "swarm_services: [{name: web, imge: nginx}]",
            "swarm_services: flotilla.swarm.service: there is no option imge",
            id="an element no module takes",
        ),
        pytest.param(
            "swarm_stacks: [{name: a, compose: a.yml, smoke_tests: [{uri: x}]}]",
            "there is no option swarm_smoke_tests.uri",
            id="a smoke test",
        ),
        pytest.param(
            """
            - hosts: swarm_managers
              vars: {swarm_wait_timeut: 3}
            """,
            "no role declares the variable swarm_wait_timeut",
            id="a variable of a play",
        ),
        pytest.param("{all: {hosts: [node1]}}", "inventory", id="hosts as a list"),
        pytest.param("{all: {vars: {a: 1}}}", "this inventory has no host", id="no host"),
        pytest.param(
            "{all: {hosts: {node1: {swarm_advertise_adr: 192.0.2.1}}}}",
            "no role declares the variable swarm_advertise_adr",
            id="a variable of a host",
        ),
        pytest.param("{services: {web: {imag: nginx}}}", "services.web.imag", id="a Compose file"),
    ],
)
def test_what_is_wrong_in_yaml_is_found(text, said):
    assert said in " | ".join(problems_of(fenced("yaml", text)))


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        pytest.param("sh", "ansible-playbook flotilla.swarm.sit", "there is no playbook", id="a playbook"),
        pytest.param("sh", "ansible-playbook a.yml --chek", "unrecognized arguments: --chek", id="an option"),
        pytest.param(
            "sh", "ansible-playbook flotilla.swarm.deploy -e swarm_stak=a", "no role declares", id="an extra variable"
        ),
        pytest.param("sh", "cd a && ansible-playbook a.yml -e firewall_state=of", "must be one of", id="its value"),
        pytest.param(
            "sh",
            "ansible-playbook examples/rolling/deploy.yml -e web_imag=a",
            "knows no variable web_imag",
            id="no variable",
        ),
        pytest.param("sh", "make tst", "make knows no tst", id="a target"),
        pytest.param("sh", "make molecule SCENARIO=labsmoke", "there is no scenario labsmoke", id="a scenario"),
        pytest.param("sh", "ansible-doc -t role flotilla.swarm.service", "there is no role", id="a role"),
        pytest.param("sh", "ansible-doc flotilla.swarm.servce", "there is no module", id="a module"),
        pytest.param("sh", "if true; then", "the shell says", id="no shell"),
        pytest.param("sh", "python3 tests/checks/sizes.py", "there is no tests/checks/sizes.py", id="a file"),
        pytest.param(
            "sh", "python3 molecule/lab/lab.py up --manager", "expected one argument", id="an option of the lab"
        ),
        pytest.param(
            "console", "$ ansible-playbook a.yml \\\n  --chek\nPLAY [a] if (", "unrecognized", id="a line that goes on"
        ),
        pytest.param("json", '{"a": }', "Expecting value", id="no JSON"),
        pytest.param("ini", "a = b", "File contains no section headers", id="no INI"),
        pytest.param("python", "def a(:", "invalid syntax", id="no Python"),
        pytest.param("", "a", "a block of none is not known", id="no language"),
        pytest.param("yml2", "a", "a block of yml2 is not known", id="an unknown language"),
    ],
)
def test_what_is_wrong_in_another_block_is_found(language, text, said):
    assert said in " | ".join(problems_of(fenced(language, text)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Say `make tst`.", "make knows no tst", id="a command"),
        pytest.param("| `... flotilla.swarm.deplo --check` |", "there is no", id="a command that is cut"),
        pytest.param("Module `flotilla.swarm.servce`.", "there is no flotilla.swarm.servce", id="a name"),
        pytest.param("Set `swarm_servces`.", "no role declares", id="a variable"),
        pytest.param("[a](nowhere.md)", "leads to no file", id="a link"),
        pytest.param("# Head\n\n[a](#heads)", "leads to no heading; there are head", id="an anchor"),
        pytest.param("    ansible-playbook flotilla.swarm.sit", "there is no playbook", id="an indented command"),
    ],
)
def test_what_is_wrong_in_a_sentence_is_found(text, said):
    assert said in " | ".join(problems_of(text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param(
            "yaml", "- flotilla.swarm.service: {name: web, replicas: '{{ n }}', publish: '{{ p }}'}", id="templates"
        ),
        pytest.param(
            "yaml", "- flotilla.swarm.stack: {name: a, compose: [b.yml]}\n  when: a is defined", id="a condition"
        ),
        pytest.param("yaml", "module_defaults: {flotilla.swarm.stack: {with_registry_auth: false}}", id="defaults"),
        pytest.param("yaml", "- community.docker.docker_image: {name: a, unknown: b}", id="a module of others"),
        pytest.param("yaml", "password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  00", id="a value in a vault"),
        pytest.param("yaml", "services: {web: {image: '${A:?needed}'}}", id="a Compose file that needs a variable"),
        pytest.param("yaml", "- {service: shop_web, published_port: 80}", id="other data"),
        pytest.param("sh", "ansible-playbook -i a flotilla.swarm.site --check --diff --limit b > c", id="a playbook"),
        pytest.param(
            "sh", "ansible-playbook flotilla.swarm.deploy -e swarm_stack=$STACK -e tag=2", id="a variable of sh"
        ),
        pytest.param("sh", "cat > a <<'END'\nansible-playbook --chek\nEND\nmake lint", id="a here-document"),
        pytest.param("console", "$ make lint\nansible-playbook --chek", id="what a command printed"),
        pytest.param("text", "if (", id="text"),
    ],
)
def test_what_is_right_is_left_alone(language, text):
    assert problems_of(fenced(language, text)) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("- hosts: all", "playbook"),
        ("- import_playbook: flotilla.swarm.site", "playbook"),
        ("- ansible.builtin.import_playbook: flotilla.swarm.site", "playbook"),
        ("- flotilla.swarm.service: {name: web}", "tasks"),
        ("- block: []", "tasks"),
        ("flotilla.swarm.service: {name: web}", "part of a task"),
        ("module_defaults: {}", "part of a play"),
        ("swarm_managers: {hosts: {node1: }}", "inventory"),
        ("swarm_managers_group: managers", "variables"),
        ("services: {web: {image: nginx}}", "Compose file"),
        ("plugin: amazon.aws.aws_ec2", "inventory of another plugin"),
        ("collections: [flotilla.swarm]", "requirements"),
        ("a: 1", "other data"),
    ],
)
def test_what_an_example_is(text, kind):
    assert example_yaml.kind_of(yaml.safe_load(text)) == kind


def test_ansible_is_asked_for_every_playbook_though_some_are_wrong():
    texts = ["- {hosts: all, taskz: []}", "- hosts: all", "- {hosts: all, tasks: [{no.such.module: }]}"]
    playbooks = [(Block(HERE, 10 * number, "yaml", text), 0, text) for number, text in enumerate(texts)]
    found = list(syntax_problems(playbooks, set()))
    assert [problem.split(": ")[0] for problem in found] == ["docs/example.md:0", "docs/example.md:20"]
    assert list(syntax_problems(playbooks[2:], {("modules", "no.such.module")})) == []


def test_a_problem_is_told_with_its_line():
    text = "a\n\n```yaml\n- name: A\n  hosts: all\n\n- name: B\n  hosts: all\n  vars:\n    swarm_a: 1\n```\n"
    findings = look_at_all([document(HERE, text)], [])
    assert findings.problems == ["docs/example.md:10: no role declares the variable swarm_a"]


def test_examples_of_plugins_are_found_with_their_lines():
    module = 'DOCUMENTATION = ""\nEXAMPLES = r"""\n- a: 1\n"""\n'
    sidecar = "DOCUMENTATION: {}\nEXAMPLES: |\n  - a: 1\n"
    role = "argument_specs:\n  main:\n    examples: |\n      - a: 1\n"
    assert [(block.line, block.text) for block in examples_of_plugin(HERE, module)] == [(2, "\n- a: 1\n")]
    assert [(block.line, block.text) for block in examples_of_sidecar(HERE, sidecar)] == [(3, "- a: 1\n")]
    assert [(block.line, block.text) for block in example_blocks.examples_of_role(HERE, role)] == [(4, "- a: 1\n")]


def test_the_index_leads_to_every_page_and_names_every_playbook():
    index = document(INDEX, "[a](a.md#b), `flotilla.swarm.site`, `flotilla.swarm.deploy -e a=b`")
    pages = [Path("docs/a.md"), Path("docs/b.md"), INDEX, Path("README.md")]
    assert [problem.split(": ")[1] for problem in problems_of_index(index, pages, {"site", "deploy"})] == [
        "it does not lead to docs/b.md",
        "it does not name playbook flotilla.swarm.deploy",
    ]
