# SPDX-License-Identifier: GPL-3.0-or-later
"""A workflow job template as AWX runs it: node after node, with artifacts as variables of those that follow."""

from __future__ import annotations

from awx.tests.surveys import extra_vars

WAYS = {"successful": ("success_nodes", "always_nodes"), "failed": ("failure_nodes", "always_nodes")}


def run(awx, name: str, answers: dict, between=None) -> dict:
    """Run it; return the jobs of the nodes that were reached, in their order, by identifier.

    ``between`` has functions that are called when the job of a node has ended. No node has two nodes before it, and
    no two run at the same time.
    """
    workflow = awx.workflows[name]
    nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
    later = {after for node in nodes.values() for ways in WAYS.values() for way in ways for after in node.get(way, [])}
    templates = {template["name"]: key for key, template in awx.templates.items()}
    told, jobs, artifacts = extra_vars(workflow, answers), {}, {}
    ready = [identifier for identifier in nodes if identifier not in later]
    while ready:
        identifier = ready.pop(0)
        node = nodes[identifier]
        # The answers to the workflow's own survey win over artifacts.
        more = {**node.get("extra_data", {}), **artifacts, **told}
        jobs[identifier] = job = awx.launch(templates[node["unified_job_template"]], {}, more=more)
        artifacts = {**artifacts, **job.artifacts}
        ready += [after for way in WAYS[job.status] for after in node.get(way, [])]
        (between or {}).get(identifier, str)()
    return jobs
