# SPDX-License-Identifier: GPL-3.0-or-later
"""The Docker Engine of this host: installed, started, found again and stopped."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker

START_TIMEOUT = 60  # seconds
STOP_TIMEOUT = 30  # seconds
RUN = Path("/run/flotilla-swarm")
# dockerd writes this file itself: it exists only for an engine that was started by hand.
PID_FILE = RUN / "dockerd.pid"
CONTAINERD_PID_FILE = Path("/run/docker/containerd/containerd.pid")
LOG_FILE = Path("/var/log/flotilla-swarm-dockerd.log")
PROGRAMS = {"dockerd": "docker.io", "iptables": "iptables", "mmdebstrap": "mmdebstrap", "ssh-keygen": "openssh-client"}
# What engines inside containers cannot load. A kernel may lack some or have them built in.
KERNEL_MODULES = ("overlay", "br_netfilter", "nf_conntrack", "ip_vs", "ip_vs_rr", "vxlan", "esp4")


class LabError(Exception):
    """What went wrong and what to do about it, in one sentence."""


@contextmanager
def hold_lock() -> Iterator[None]:
    """Let one program at a time change the labs of this host; the others wait."""
    RUN.mkdir(parents=True, exist_ok=True)
    with open(RUN / "lock", "w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def connect() -> docker.DockerClient | None:
    """Return a client of the engine that answers (DOCKER_HOST or the local socket), else None."""
    try:
        return docker.from_env(timeout=300)
    except docker.errors.DockerException:
        return None


def require_root() -> None:
    """Raise LabError unless this is root."""
    if os.geteuid() != 0:
        raise LabError("The lab installs packages and starts an engine: run it as root.")


def ensure_engine() -> docker.DockerClient:
    """Return a client of this host's engine, installing and starting it where necessary.

    Raises LabError if no engine answers within START_TIMEOUT.
    """
    install_programs(PROGRAMS)
    load_kernel_modules()
    client = connect()
    if client is None:
        start_engine()
        client = wait_for_engine()
    return client


def install_programs(programs: dict[str, str]) -> None:
    """Install the distribution's packages, by program, of those that are missing."""
    missing = [package for program, package in programs.items() if not shutil.which(program)]
    if not missing:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    for command in (["apt-get", "update"], install):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LabError(f"{' '.join(command)} failed: {done.stderr.strip()[-800:]}")


def load_kernel_modules() -> None:
    """Load the kernel modules that swarm networks use, as far as this kernel has them."""
    if shutil.which("modprobe"):
        subprocess.run(["modprobe", "-qa", *KERNEL_MODULES], capture_output=True, check=False)


def start_engine() -> None:
    """Start the engine through systemd where that runs this host, else by hand."""
    if Path("/run/systemd/system").is_dir():
        subprocess.run(["systemctl", "start", "docker"], check=False)
        return
    forget_dead_process(PID_FILE, "dockerd")
    forget_dead_process(CONTAINERD_PID_FILE, "containerd")
    with open(LOG_FILE, "ab") as log:
        subprocess.Popen(
            ["dockerd", "--pidfile", str(PID_FILE)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )


def wait_for_engine() -> docker.DockerClient:
    """Return a client as soon as the engine answers; raise LabError after START_TIMEOUT."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        client = connect()
        if client is not None:
            return client
        time.sleep(0.2)
    raise LabError(f"The Docker Engine does not answer after {START_TIMEOUT} s: {last_log_lines()}")


def last_log_lines() -> str:
    """Return where the engine's log is, and its end."""
    if not LOG_FILE.exists():
        return "see 'journalctl -u docker'."
    text = LOG_FILE.read_text(encoding="utf-8", errors="replace")
    return f"see {LOG_FILE}, which ends with:\n{text[-1500:]}"


def read_pid(pid_file: Path, program: str) -> int | None:
    """Return the process id in pid_file if that process lives and runs program, else None."""
    try:
        pid = int(pid_file.read_text(encoding="ascii"))
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return pid if name == program else None


def forget_dead_process(pid_file: Path, program: str) -> None:
    """Remove a pid file whose process is gone: dockerd would take a reused pid for its own."""
    if read_pid(pid_file, program) is None:
        pid_file.unlink(missing_ok=True)


def stop_engine() -> bool:
    """Stop the engine if it was started by hand; return whether there was one to stop."""
    return stop_process(PID_FILE, "dockerd", LOG_FILE)


def stop_process(pid_file: Path, program: str, log: Path) -> bool:
    """Stop a program and wait for its end; return whether it ran. Raises LabError after STOP_TIMEOUT."""
    pid = read_pid(pid_file, program)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT
    while read_pid(pid_file, program) is not None:
        if time.monotonic() > deadline:
            raise LabError(f"{program} (process {pid}) does not stop: see {log}.")
        time.sleep(0.2)
    return True
