# Copyright flotilla.swarm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role deploy; each is documented in the file of its name beside this one."""

from __future__ import annotations

from ansible_collections.flotilla.swarm.plugins.plugin_utils import (
    deploy_artifacts,
    deploy_credentials,
    deploy_report,
    deploy_scale,
    deploy_smoke,
    deploy_stacks,
    deploy_verify,
)


class FilterModule:
    def filters(self):
        return {
            "deploy_problems": deploy_stacks.problems,
            "deploy_names": deploy_stacks.names_of,
            "deploy_tag": deploy_stacks.tag_of,
            "deploy_stacks": deploy_stacks.chosen,
            "deploy_expected": deploy_stacks.expected,
            "deploy_registries": deploy_credentials.registries,
            "deploy_login_failures": deploy_credentials.failures,
            "deploy_run_tests": deploy_stacks.run_tests,
            "deploy_rollbacks": deploy_stacks.rollbacks,
            "deploy_rollback_problems": deploy_stacks.rollback_problems,
            "deploy_rollback_targets": deploy_artifacts.targets,
            "deploy_overtaken": deploy_artifacts.overtaken,
            "deploy_stuck": deploy_artifacts.stuck,
            "deploy_unwell": deploy_verify.unwell,
            "deploy_verify_names": deploy_verify.names,
            "deploy_failures": deploy_smoke.failures,
            "deploy_outcome": deploy_report.outcome,
            "deploy_changed": deploy_report.changed_services,
            "deploy_plan_failures": deploy_report.plan_failures,
            "deploy_test_failures": deploy_report.test_failures,
            "deploy_new_stacks": deploy_report.new_stacks,
            "deploy_went_back": deploy_report.went_back,
            "deploy_rows": deploy_report.rows,
            "deploy_report": deploy_report.report,
            "deploy_artifacts": deploy_artifacts.artifacts,
            "deploy_scale": deploy_scale.options,
            "deploy_scale_problems": deploy_scale.problems,
            "deploy_scale_rows": deploy_scale.rows,
        }
