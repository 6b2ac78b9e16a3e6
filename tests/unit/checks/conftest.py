# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks import each other, as scripts that lie side by side do. Last in the path, they hide nothing else."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "checks"))
