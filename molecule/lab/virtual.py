# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual machine with an engine of its own, for hosts whose kernel lacks what a swarm's data plane needs.

Machines of a lab that is brought up with its DOCKER_HOST are containers there, and this host reaches them like its own.
"""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
from engine import KERNEL_MODULES, RUN, LabError, install_programs, load_kernel_modules, read_pid, stop_process
from images import LABEL, cache_directory, debian_sources, fingerprint

DEVICE, HERE, THERE = "flotilla-vm", "10.212.0.1", "10.212.0.2"
# Where its engine tells which addresses this host reaches through it.
ADDRESSES_LABEL, ADDRESSES = f"{LABEL}.addresses", "10.214.0.0/16"
DOCKER_HOST = f"tcp://{THERE}:2375"
PROGRAMS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "mmdebstrap": "mmdebstrap",
    "mke2fs": "e2fsprogs",
    "ip": "iproute2",
}
# As the kernel has its name, which it cuts.
PROGRAM = "qemu-system-x86"
PID_FILE, CONSOLE = RUN / "qemu.pid", Path("/var/log/flotilla-swarm-vm.log")
START_TIMEOUT = 240  # seconds
CORES = str(min(os.cpu_count(), 4))
# Emulated: other models than this one crash the kernel.
EMULATION = ["-accel", "tcg,thread=multi", "-cpu", "qemu64,-cx16"]
VIRTUALIZATION = ["-accel", "kvm", "-cpu", "host"]

RELEASE, DISK_SIZE = "trixie", "24G"
PACKAGES = [
    "dbus",
    "docker.io",
    "initramfs-tools",
    "iproute2",
    "iptables",
    "kmod",
    "linux-image-cloud-amd64",
    "systemd",
    "systemd-sysv",
    "udev",
]
FILES = {
    "etc/systemd/network/wired.network": f"[Match]\nName=e*\n[Network]\nAddress={THERE}/30\n",
    "etc/modules-load.d/lab.conf": "\n".join(KERNEL_MODULES) + "\n",
    # It reaches no server of names: to be told so at once spares every start of a task 17 seconds.
    "etc/docker/daemon.json": f'{{"labels": ["{ADDRESSES_LABEL}={ADDRESSES}"], "dns": ["127.0.0.1"]}}\n',
    # Only the host can reach this address, and it reaches what the engine would keep from others.
    "etc/systemd/system/docker.service.d/lab.conf": (
        f"[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// -H {DOCKER_HOST}\n"
        f"ExecStartPost=/usr/sbin/iptables -I DOCKER-USER -s {HERE} -j ACCEPT\n"
    ),
}


def kernel_suffices() -> bool:
    """Return whether this host's kernel balances load (IPVS) and encrypts what is between machines (ESP)."""
    install_programs({"ip": PROGRAMS["ip"]})
    load_kernel_modules()
    state = ["src", "192.0.2.1", "dst", "192.0.2.2", "proto", "esp", "spi", "0xf107"]
    key = ["mode", "transport", "aead", "rfc4106(gcm(aes))", f"0x{'00' * 20}", "64"]
    added = subprocess.run(["ip", "xfrm", "state", "add", *state, *key], capture_output=True, check=False)
    if added.returncode:
        return False
    subprocess.run(["ip", "xfrm", "state", "delete", *state], capture_output=True, check=True)
    return Path("/proc/net/ip_vs").exists()


def ensure_virtual_machine() -> str:
    """Return the DOCKER_HOST of the virtual machine, which then answers; raise LabError if it does not."""
    if platform.machine() != "x86_64":
        raise LabError(
            f"This kernel lacks IPVS or ESP, and the virtual machine that has them is not for {platform.machine()}."
        )
    install_programs(PROGRAMS)
    if virtual_machine_process() is None:
        disk = build_disk()
        ensure_network()
        start(disk)
    wait()
    return DOCKER_HOST


def virtual_machine_process() -> int | None:
    """Return its process id, else None; another machine may have got the number of one that crashed."""
    pid = read_pid(PID_FILE, PROGRAM)
    ours = pid and str(PID_FILE).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    return pid if ours else None


@contextmanager
def only_user() -> Iterator[None]:
    """Let one program at a time use the machine and stop it afterwards; raise LabError for a second one."""
    RUN.mkdir(parents=True, exist_ok=True)
    with open(RUN / "vm.lock", "w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError("Another 'lab.py vm -- COMMAND' runs on this host: wait for its end.") from None
        yield


def build_disk() -> Path:
    """Return the image of its disk, beside which are its kernel and initrd; built if it is not in the cache."""
    command = ["mmdebstrap", "--variant=minbase", "--format=directory", f"--include={','.join(PACKAGES)}"]
    command += ['--aptopt=Acquire::Check-Valid-Until "false"']
    command += [f"--dpkgopt=path-exclude=/usr/share/{unused}/*" for unused in ("doc", "man", "locale")]
    hooks = [f'mkdir -p "$1/{Path(name).parent}"; printf %s \'{text}\' > "$1/{name}"' for name, text in FILES.items()]
    hooks += ['chroot "$1" systemctl enable systemd-networkd']
    command += [f"--customize-hook={hook}" for hook in hooks]
    disk = cache_directory() / f"vm-{fingerprint(command, RELEASE, DISK_SIZE)}.img"
    if not disk.exists():
        cache_directory().mkdir(parents=True, exist_ok=True)
        for outdated in cache_directory().glob("vm-*"):
            outdated.unlink()
        # Of a fixed name, so that what an interrupted build left goes with the next.
        top = cache_directory() / "unfinished-vm"
        shutil.rmtree(top, ignore_errors=True)
        root, unfinished = top / "root", top / "disk"
        root.mkdir(parents=True)
        run([*command, RELEASE, str(root), *debian_sources(RELEASE)])
        run(["mke2fs", "-q", "-t", "ext4", "-d", str(root), str(unfinished), DISK_SIZE])
        for part in ("vmlinuz", "initrd"):
            shutil.copy(next(root.glob(f"boot/{part}*")), f"{disk}.{part}")
        unfinished.rename(disk)
        shutil.rmtree(top)
    return disk


def run(command: list[str]) -> None:
    """Run a command; raise LabError with the end of what it says if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{command[0]} fails for the virtual machine: {done.stderr.strip()[-1500:]}")


def ensure_network() -> None:
    """Make the device that connects this host with the virtual machine, and the route through it."""
    if not Path("/sys/class/net", DEVICE).exists():
        run(["ip", "tuntap", "add", "dev", DEVICE, "mode", "tap"])
    run(["ip", "address", "replace", f"{HERE}/30", "dev", DEVICE])
    run(["ip", "link", "set", DEVICE, "up"])
    run(["ip", "route", "replace", ADDRESSES, "via", THERE])


def start(disk: Path) -> None:
    """Start it; whatever it writes to its disk is gone when it stops."""
    flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    virtual = os.access("/dev/kvm", os.W_OK) and ("vmx" in flags or "svm" in flags)
    command = ["qemu-system-x86_64", *(VIRTUALIZATION if virtual else EMULATION), "-smp", CORES, "-m", "4096"]
    command += ["-kernel", f"{disk}.vmlinuz", "-initrd", f"{disk}.initrd"]
    command += ["-append", "console=ttyS0 root=/dev/vda rw", "-serial", f"file:{CONSOLE}", "-no-reboot"]
    command += ["-drive", f"file={disk},if=virtio,format=raw,snapshot=on"]
    command += ["-netdev", f"tap,id=n0,ifname={DEVICE},script=no,downscript=no", "-device", "virtio-net-pci,netdev=n0"]
    command += ["-display", "none", "-monitor", "none", "-daemonize", "-pidfile", str(PID_FILE)]
    RUN.mkdir(parents=True, exist_ok=True)
    run(command)


def wait() -> None:
    """Wait until its engine answers; raise LabError after START_TIMEOUT, or at once if it is gone."""
    client, deadline = docker.DockerClient(DOCKER_HOST, version="1.44", timeout=30), time.monotonic() + START_TIMEOUT
    while True:
        try:
            client.ping()
            return
        except (docker.errors.DockerException, OSError) as error:
            if virtual_machine_process() is None:
                raise LabError(f"The virtual machine has ended; see the end of {CONSOLE}.") from error
            if time.monotonic() > deadline:
                raise LabError(
                    f"The virtual machine's engine does not answer after {START_TIMEOUT} s: {error}; see {CONSOLE}."
                ) from error
        time.sleep(1)


def stop_virtual_machine() -> bool:
    """Stop it and remove its device; return whether there was one."""
    stopped = virtual_machine_process() is not None and stop_process(PID_FILE, PROGRAM, CONSOLE)
    subprocess.run(["ip", "link", "delete", DEVICE], capture_output=True, check=False)
    return stopped
