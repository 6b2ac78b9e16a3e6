# SPDX-License-Identifier: GPL-3.0-or-later
"""Say which file names a package registry's host or a path of the machine it was written on.

Both come from the system's configuration, which differs from machine to machine, so that is where this looks for them.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sources import ROOT, sources

APT = ("sources.list", "sources.list.d/*.list", "sources.list.d/*.sources")
# Machines of the lab have these as well.
COMMON = {Path("/"), Path("/usr"), Path("/usr/local"), Path(tempfile.gettempdir()), Path.home()}


def pip_places() -> list[str]:
    """Return the URLs and directories that pip takes packages from, its own default among them."""
    shown = [pip("config", "list"), pip("install", "--help")]
    configured = re.findall(r"\.(?:extra-index-url|index-url|find-links)='(.*)'", shown[0])
    default = re.findall(r"--index-url <url>.*?\(default\s+(\S+?)\)", shown[1], re.DOTALL)
    assert default, "pip does not tell its default index"
    return [place for text in (*configured, *default) for place in text.split()]


def pip(*words: str) -> str:
    """Return what pip prints."""
    command = [sys.executable, "-m", "pip", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def apt_places() -> list[str]:
    """Return the URLs that apt takes packages from; none where there is no apt."""
    files = [path for pattern in APT for path in Path("/etc/apt").glob(pattern)]
    return [url for path in files for url in re.findall(r"https?://\S+", path.read_text())]


def forbidden() -> re.Pattern:
    """Return what no file may name."""
    places = [*pip_places(), *apt_places()]
    hosts = {place.split("/")[2].rpartition("@")[2] for place in places if re.match(r"https?://", place)}
    paths = {Path(place.removeprefix("file://")) for place in places if re.match(r"(file://)?/", place)}
    paths |= {ROOT, ROOT.parent, Path(sys.base_prefix)}
    words = [re.escape(host) for host in hosts]
    words += [rf"(?<![\w.)}}]){re.escape(str(path))}(?![\w-])" for path in paths - COMMON]
    return re.compile("|".join(sorted(words)))


def problems() -> Iterator[str]:
    """Yield a line for each place that names a host or path."""
    pattern = forbidden()
    for path in sources():
        for number, line in enumerate((ROOT / path).read_bytes().splitlines(), 1):
            found = pattern.search(line.decode("utf-8", "replace"))
            if found:
                yield f"{path}:{number}: names {found[0]!r}; take it from the system's settings"


def main() -> int:
    """Print the problems; return 1 if there are any."""
    found = list(problems())
    print("\n".join(found) or "no registry host and no path of a machine is named")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
