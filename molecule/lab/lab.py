# SPDX-License-Identifier: GPL-3.0-or-later
"""Test machines on this host: Debian with systemd, sshd and an engine, reached over ssh.

Run it with the project's Python:
.venv/bin/python molecule/lab/lab.py up --name demo --managers 3 --workers 2
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import docker
from access import STATE, ensure_user_key, remove_access, state_directory, write_access
from applications import ensure_application_archives
from applications_examples import ensure_examples_archive, load_examples
from docker.models.networks import Network
from engine import LabError, connect, ensure_engine, hold_lock, require_root, stop_engine
from images import LABEL, RELEASES, ensure_node_images
from machines import (
    STOP_TIMEOUT,
    Machine,
    describe_hosts,
    ensure_network,
    find_machine,
    find_machines,
    host_config,
    machine_address,
    reconcile,
    remove_lab,
    start_machine,
    start_machines,
)
from virtual import ensure_virtual_machine, kernel_suffices, only_user, stop_virtual_machine, virtual_machine_process

DEFAULT_HOST = "unix:///var/run/docker.sock"
MOST_MACHINES = 250


def start_host_engine(options: argparse.Namespace) -> None:
    """Make sure that an engine answers, and say which."""
    print(f"Docker Engine {ensure_engine().version()['Version']} answers.")


def offer_kernel(options: argparse.Namespace) -> None:
    """Print the DOCKER_HOST for labs whose kernel balances load and encrypts, or run a command with it."""
    if options.stop:
        print("The virtual machine is stopped." if stop_virtual_machine() else "unchanged: no virtual machine was up")
        return
    if options.command:
        with only_user():
            sys.exit(run_with_kernel(options.command))
    with hold_lock():
        print(choose_kernel())


def choose_kernel() -> str:
    """Return DEFAULT_HOST if this host's kernel suffices, else the DOCKER_HOST of the virtual machine."""
    return DEFAULT_HOST if kernel_suffices() else ensure_virtual_machine()


def run_with_kernel(command: list[str]) -> int:
    """Run a command and return its exit status; a virtual machine that was started for it is stopped."""
    began, ran = time.monotonic(), virtual_machine_process() is not None
    try:
        with hold_lock():
            host = choose_kernel()
        print(f"DOCKER_HOST={host} answers ({time.monotonic() - began:.1f} s)", flush=True)
        return subprocess.run(command, env={**os.environ, "DOCKER_HOST": host}, check=False).returncode
    finally:
        if not ran:
            stop_virtual_machine()


def build_images(options: argparse.Namespace) -> None:
    """Build what machines of the given releases need, and print the names of their images."""
    client = ensure_engine()
    print(*ensure_node_images(client, options.releases, options.bare).values(), sep="\n")
    ensure_application_archives(client)


def bring_up(options: argparse.Namespace) -> None:
    """Bring a lab to the wanted shape and print what that took, or "unchanged"."""
    began = time.monotonic()
    client = ensure_engine()
    images = ensure_node_images(client, options.releases, options.bare)
    archives = ensure_application_archives(client)
    examples = ensure_examples_archive() if options.examples else None
    network = ensure_network(client, options.name)
    machines = plan_machines(options, images, network, client.info()["CgroupVersion"])
    done = reconcile(client, network, machines, archives, options.fresh)
    inventory = options.inventory or state_directory(options.name) / "hosts.yml"
    hosts = describe_hosts(client, options.name)
    rewritten = write_access(options.name, hosts, options.managers, inventory.resolve())
    start_machines(find_machines(client, options.name))
    if examples:
        done["given images"] = load_examples(find_machines(client, options.name), examples)
    changes = [f"{count} {state}" for state, count in done.items() if count]
    changes += ["inventory written"] if rewritten else []
    took = time.monotonic() - began
    what = ", ".join(changes) or "unchanged"
    print(f"Lab '{options.name}': {len(machines)} machines, {what} ({took:.1f} s)")


def plan_machines(
    options: argparse.Namespace, images: dict[str, str], network: Network, cgroup_version: str
) -> list[Machine]:
    """Return the machines of a lab; releases are dealt round-robin."""
    count = options.nodes or options.managers + options.workers
    if not 1 <= count <= MOST_MACHINES:
        raise LabError(f"A lab has 1 to {MOST_MACHINES} machines, not {count}.")
    user_key = ensure_user_key(options.name)
    machines = []
    for number in range(1, count + 1):
        release = options.releases[(number - 1) % len(options.releases)]
        machine = Machine(
            lab=options.name,
            name=f"node{number}",
            address=machine_address(network, number),
            release=release,
            image=images[release],
            user_key=user_key,
            host_config=host_config(release, cgroup_version),
        )
        machines.append(machine)
    return machines


def take_down(options: argparse.Namespace) -> None:
    """Remove one lab, or all; print "unchanged" if there was none."""
    client = connect()
    labs = all_labs(client) if options.all else [options.name]
    removed = [lab for lab in labs if remove_lab_and_access(client, lab)]
    print(f"Removed: {', '.join(removed)}" if removed else "unchanged: there was no lab to remove")


def all_labs(client: docker.DockerClient | None) -> list[str]:
    """Return the names of all labs that left anything on the engine or in this checkout."""
    names = {path.name for path in STATE.iterdir()} if STATE.exists() else set()
    if client:
        names |= {network.attrs["Labels"][LABEL] for network in client.networks.list(filters={"label": LABEL})}
        names |= {volume.attrs["Labels"][LABEL] for volume in client.volumes.list(filters={"label": LABEL})}
        names |= {container.labels[LABEL] for container in find_machines(client)}
    return sorted(names)


def remove_lab_and_access(client: docker.DockerClient | None, lab: str) -> bool:
    """Remove a lab from the engine and from this checkout; return whether there was anything."""
    had_state = state_directory(lab).exists()
    had_machines = bool(client) and remove_lab(client, lab)
    remove_access(lab)
    return had_machines or had_state


def clean(options: argparse.Namespace) -> None:
    """Remove all labs and the lab's images, and stop the engine if it was started by hand."""
    client = connect()
    take_down(argparse.Namespace(all=True))
    if client:
        for image in client.images.list(filters={"label": f"{LABEL}=image"}):
            client.images.remove(image.id, force=True)
    if stop_virtual_machine():
        print("The virtual machine is stopped.")
    print("The engine that the lab started is stopped." if stop_engine() else "No engine of the lab was running.")


def show_status(options: argparse.Namespace) -> None:
    """Print every machine of every lab with its state."""
    client = connect()
    if client is None:
        raise LabError("No Docker Engine answers: start one with 'lab.py engine'.")
    for lab in all_labs(client):
        states = {container.labels[f"{LABEL}.machine"]: container.status for container in find_machines(client, lab)}
        for host in describe_hosts(client, lab):
            print(f"{lab:<12} {host.name:<8} {states[host.name]:<9} {host.address:<15} {host.release}")


def stop(options: argparse.Namespace) -> None:
    """Shut one machine down."""
    find_machine(ensure_engine(), options.name, options.machine).stop(timeout=STOP_TIMEOUT)


def start(options: argparse.Namespace) -> None:
    """Start one machine and wait until it answers."""
    start_machine(find_machine(ensure_engine(), options.name, options.machine))


def execute(options: argparse.Namespace) -> None:
    """Run a command in a machine; its exit status becomes that of this program."""
    container = find_machine(ensure_engine(), options.name, options.machine)
    done = container.exec_run(options.command, demux=True)
    for stream, output in zip((sys.stdout, sys.stderr), done.output, strict=True):
        stream.buffer.write(output or b"")
    sys.exit(done.exit_code)


def check_name(text: str) -> str:
    """Return the name of a lab; raise ArgumentTypeError if containers and directories cannot bear it."""
    if not re.fullmatch("[a-z0-9][a-z0-9-]*", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not of lower-case letters, digits and hyphens")
    return text


def split_releases(text: str) -> list[str]:
    """Return the releases in a comma-separated list; raise ArgumentTypeError for an unknown one."""
    names = text.split(",")
    for name in names:
        if name not in RELEASES:
            raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(RELEASES)}")
    return names


def parse_arguments() -> argparse.Namespace:
    """Return the command line's options, with the function that carries them out as `run`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run, named: bool = False) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=run.__doc__.splitlines()[0])
        command.set_defaults(run=run)
        if named:
            command.add_argument("--name", type=check_name, default="demo", help="the lab's name (%(default)s)")
        return command

    add("engine", start_host_engine)
    kernel = add("vm", offer_kernel)
    kernel.add_argument("--stop", action="store_true", help="stop the virtual machine instead")
    kernel.add_argument("command", nargs="*", help="after --")
    building = add("images", build_images)
    up = add("up", bring_up, named=True)
    for command in (building, up):
        command.add_argument("--releases", type=split_releases, default="trixie,bookworm")
        command.add_argument("--bare", action="store_true", help="machines without an engine")
    up.add_argument("--managers", type=int, help="the first machines are managers")
    up.add_argument("--workers", type=int, default=0, help="the machines after the managers")
    up.add_argument("--nodes", type=int, help="machines without a role, in place of the two above")
    up.add_argument("--fresh", action="store_true", help="replace machines that were used")
    up.add_argument("--examples", action="store_true", help="machines with the images that examples/ needs")
    up.add_argument("--inventory", type=Path, help="where to write the inventory (.lab/NAME/hosts.yml)")
    add("down", take_down, named=True).add_argument("--all", action="store_true", help="every lab")
    add("clean", clean)
    add("status", show_status)
    for name, run in (("stop", stop), ("start", start), ("exec", execute)):
        add(name, run, named=True).add_argument("machine", help="node1, node2, ...")
    commands.choices["exec"].add_argument("command", nargs="+", help="after --")
    options = parser.parse_args()
    if options.run is bring_up and (options.managers is None) == (options.nodes is None):
        parser.error("give either --managers and --workers, or --nodes")
    return options


def main() -> None:
    """Run one command; an error is one sentence on stderr and exit status 1."""
    options = parse_arguments()
    try:
        require_root()
        if options.run in (offer_kernel, show_status, stop, start, execute):
            options.run(options)
        else:
            with hold_lock():
                options.run(options)
    except (LabError, docker.errors.DockerException) as error:
        sys.exit(f"lab.py: {error}")


if __name__ == "__main__":
    main()
