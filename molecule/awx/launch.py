# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-runner with the arguments that are read from standard input, as JSON."""

from __future__ import annotations

import json
import sys

import ansible_runner

ansible_runner.run(**json.load(sys.stdin))
