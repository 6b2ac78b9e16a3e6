# SPDX-License-Identifier: GPL-3.0-or-later
"""Search the files of directories and the command lines of processes for texts, again and again until told to stop.

    search.py TEXTS FOUND DIRECTORY...

TEXTS is a file with a text a line; the search ends when it is gone. FOUND gets ``TEXT<tab>PLACE`` for each find.
"""

from __future__ import annotations

import os
import sys
import time


def main():
    """Search."""
    texts_file, found_file, *directories = sys.argv[1:]
    with open(texts_file, encoding="utf-8") as file:
        texts = [line.encode() for line in file.read().split("\n") if line]
    told = set()
    with open(found_file, "a", encoding="utf-8") as found:
        while os.path.exists(texts_file):
            for path in [*files(directories), *command_lines()]:
                data = content(path)
                for text in texts:
                    if text in data and (text, path) not in told:
                        told.add((text, path))
                        print(text.decode(), path, sep="\t", file=found, flush=True)
            time.sleep(0.02)


def files(directories):
    """Every file in the directories."""
    for directory in directories:
        for folder, _folders, names in os.walk(directory):
            yield from (os.path.join(folder, name) for name in names)


def command_lines():
    """The command line of every process."""
    return (f"/proc/{number}/cmdline" for number in os.listdir("/proc") if number.isdigit())


def content(path):
    """What is in a file that may be gone, or be no file at all."""
    try:
        if not path.startswith("/proc/") and not os.path.isfile(path):
            return b""
        with open(path, "rb") as file:
            return file.read(10_000_000)
    except OSError:
        return b""


if __name__ == "__main__":
    main()
