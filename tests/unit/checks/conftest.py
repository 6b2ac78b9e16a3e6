# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks import each other, as scripts do that lie side by side. They come first: a package is called build, too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "checks"))
