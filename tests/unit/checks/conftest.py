# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks import each other, as scripts do that lie side by side."""

import sys
from pathlib import Path

# First in the path, as another package is called build, too.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "checks"))
