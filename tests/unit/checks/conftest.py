# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks import each other, as scripts that lie side by side do. First in the path: packages may be called build."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "checks"))
