# SPDX-License-Identifier: GPL-3.0-or-later
"""Say which file names a package registry's host or a path of the machine it was written on.

Both come from the system's configuration, which differs from machine to machine.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from sources import ROOT, sources

# The brackets keep this file from matching itself.
REGISTRIES = "pypi[.]org|pythonhosted[.]org|registry[.]npmjs|(deb|security|ftp)[.]debian[.]org"
REGISTRIES += "|(archive|security)[.]ubuntu[.]com"
MACHINE_PATHS = "(?<![a-z0-9_.})])/(work|workspace|Users)/[a-zA-Z]|[.]pyenv/|/opt/(pypi|wheels)"
FORBIDDEN = re.compile(f"{REGISTRIES}|{MACHINE_PATHS}|{re.escape(str(ROOT))}/")


def problems() -> Iterator[str]:
    """Yield a line for each place that names a host or path."""
    for path in sources():
        for number, line in enumerate((ROOT / path).read_bytes().splitlines(), 1):
            found = FORBIDDEN.search(line.decode("utf-8", "replace"))
            if found:
                yield f"{path}:{number}: names {found[0]!r}; take it from the system's settings"


def main() -> int:
    """Print the problems; return 1 if there are any."""
    found = list(problems())
    print("\n".join(found) or "no registry host and no path of a machine is named")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
