# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that must be in no file and no command line, searched for here and on a machine while a playbook runs.

The playbook ends with control.yml, which has a word that is no secret found by the same searches.
"""

from __future__ import annotations

import base64
import secrets
import subprocess
import sys
from pathlib import Path

SEARCH = Path(__file__).with_name("search.py")
PLACES = "/tmp /var/tmp /dev/shm /root/.ansible /run/user"


def canary(name: str) -> str:
    """A word that nothing else on this machine has; other scenarios may search at the same time."""
    return f"{name}-canary-{secrets.token_hex(8)}"


CONTROL = canary("control")


def spellings(*words: str) -> list[str]:
    """The words, and their base64 wherever it begins and ends."""
    found = []
    for word in words:
        encoded = [base64.b64encode(b"x" * shift + word.encode()).decode() for shift in range(3)]
        found += [word, *(text[4:-4] for text in encoded)]
    return found


class Searches:
    """Searches that go on until they are stopped.

    ``on(*command)`` is what a command prints on the machine, and ``directory`` one for the files of this test;
    ``environment`` and ``variables`` are for the playbook.
    """

    def __init__(self, on, directory: Path, *words: str, places: str = PLACES):
        self.on, self.wanted, self.found = on, directory / "texts", directory / "found"
        temporary = directory / "tmp"
        temporary.mkdir()
        self.environment = {
            "CANARY_CONTROL": CONTROL,
            "ANSIBLE_LOCAL_TEMP": str(temporary),
            "TMPDIR": str(temporary),
            # Without this no module but those with secrets is kept from going through files.
            "ANSIBLE_PIPELINING": "false",
        }
        self.variables = {"search_found": str(self.found)}
        self.wanted.write_text("\n".join(spellings(*words, CONTROL)), encoding="utf-8")
        self.since = on("date", "+%Y-%m-%d %H:%M:%S")
        for path, text in (("/root/search.py", SEARCH.read_text(encoding="utf-8")), ("/root/texts", self._wanted())):
            on("sh", "-c", f'rm -f /root/found; printf %s "$1" > {path}', "sh", text)
        command = f"python3 /root/search.py /root/texts /root/found {places}"
        on("systemd-run", "--quiet", "--unit=search", *command.split())
        self.process = subprocess.Popen([sys.executable, SEARCH, self.wanted, self.found, temporary])

    def _wanted(self):
        return self.wanted.read_text(encoding="utf-8")

    def stop(self) -> None:
        """End the searches."""
        self.wanted.unlink(missing_ok=True)
        self.on("sh", "-c", "rm -f /root/texts; while systemctl is-active -q search; do sleep 0.1; done")
        self.process.wait()

    def places(self, printed: str) -> tuple[str, ...]:
        """What a run has left: what it printed, what was found on the machine and here, and the machine's journal."""
        self.stop()
        journal = self.on("journalctl", "--no-pager", "--output=cat", "--since", self.since)
        return printed, self.on("cat", "/root/found"), self.found.read_text(encoding="utf-8"), journal
