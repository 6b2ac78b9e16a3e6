# SPDX-License-Identifier: GPL-3.0-or-later
"""The machines of a lab: containers with an init system, found by label."""

from __future__ import annotations

import io
import ipaddress
import socket
import tarfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import docker
from access import Host, make_host_key
from applications import IMAGES
from docker.models.containers import Container
from docker.models.networks import Network
from engine import LabError
from images import LABEL, RELEASES, fingerprint
from virtual import ADDRESSES_LABEL

# Emulated machines take a minute.
READY_TIMEOUT = 300  # seconds
STOP_TIMEOUT = 10  # seconds
PARALLEL = 8
# Far from what engines and swarms take: 172.16/12, 192.168/16 and the low end of 10/8.
ADDRESSES = "10.213.0.0/16"
# The kernel's defaults stop init systems and engines from starting when there are a dozen machines or more, and all
# machines share its table of neighbours: fifty that talk to each other fill it, and then no machine has a route.
KERNEL_LIMITS = {
    "fs/inotify/max_user_instances": 8192,
    "kernel/keys/maxkeys": 20000,
    "kernel/keys/maxbytes": 2000000,
    "net/ipv4/neigh/default/gc_thresh3": 65536,
    "net/ipv4/neigh/default/gc_thresh2": 32768,
    "net/ipv4/neigh/default/gc_thresh1": 16384,
}
IMAGE_DIRECTORY = "usr/share/flotilla"
# Asking for the images, not for the version, also covers a machine whose creation was interrupted.
READY_SCRIPT = f"""
command -v docker >/dev/null || exit 0
until docker image inspect {" ".join(IMAGES)}; do
  for archive in /{IMAGE_DIRECTORY}/*.tar; do docker load -q -i "$archive"; done
  sleep 0.2
done >/dev/null 2>&1
"""


@dataclass(frozen=True)
class Machine:
    """A machine as it should be; user_key is the public ssh key that opens it."""

    lab: str
    name: str
    address: str
    release: str
    image: str
    user_key: str
    host_config: dict

    @property
    def recipe(self) -> str:
        """A hash of everything that needs a new container when it changes."""
        return fingerprint(asdict(self))


def host_config(release: str, cgroup_version: str) -> dict:
    """Return the part of Docker's HostConfig that an init system and an engine of its own need.

    On cgroup v1 not "Privileged": that fails where root itself lacks a capability.
    """
    tmpfs = {"/run": "exec", "/run/lock": ""}
    if cgroup_version == "2":
        return {"Privileged": True, "CgroupnsMode": "private", "Tmpfs": tmpfs}
    cgroups = "/sys/fs/cgroup/unified" if RELEASES[release].needs_cgroup_v2 else "/sys/fs/cgroup"
    return {
        "CapAdd": ["ALL"],
        "CapDrop": ["SYS_RESOURCE"],
        "SecurityOpt": ["seccomp=unconfined", "apparmor=unconfined"],
        "MaskedPaths": [],
        "ReadonlyPaths": [],
        "DeviceCgroupRules": ["a *:* rwm"],
        "CgroupnsMode": "host",
        "Tmpfs": tmpfs,
        "Binds": [f"{cgroups}:/sys/fs/cgroup:rw"],
    }


def find_machines(client: docker.DockerClient, lab: str | None = None) -> list[Container]:
    """Return the containers of one lab, or of all, whatever their state."""
    label = f"{LABEL}={lab}" if lab else f"{LABEL}.machine"
    return client.containers.list(all=True, filters={"label": label}, ignore_removed=True)


def find_machine(client: docker.DockerClient, lab: str, name: str) -> Container:
    """Return one machine; raise LabError if the lab has none of that name."""
    for container in find_machines(client, lab):
        if container.labels[f"{LABEL}.machine"] == name:
            return container
    raise LabError(f"The lab '{lab}' has no machine '{name}': see 'lab.py status'.")


def ensure_network(client: docker.DockerClient, lab: str) -> Network:
    """Return the lab's network; the subnet of a new one follows from the name unless it is taken."""
    for network in client.networks.list(filters={"label": f"{LABEL}={lab}"}):
        return network
    labels = dict(text.partition("=")[::2] for text in client.info()["Labels"] or ())
    addresses = ipaddress.ip_network(labels.get(ADDRESSES_LABEL, ADDRESSES))
    subnets = list(addresses.subnets(new_prefix=24))
    first = int(fingerprint(lab), 16) % len(subnets)
    routes = [route for route in read_routes() if route != addresses]
    for subnet in subnets[first:] + subnets[:first]:
        if not any(subnet.overlaps(route) for route in routes):
            pool = docker.types.IPAMPool(subnet=str(subnet))
            ipam = docker.types.IPAMConfig(pool_configs=[pool])
            return client.networks.create(f"flotilla-{lab}", ipam=ipam, labels={LABEL: lab})
    raise LabError(f"No free /24 is left in {addresses}: take other labs down with 'lab.py down'.")


def read_routes() -> list[ipaddress.IPv4Network]:
    """Return the networks this host has a route to, apart from the default route."""
    routes = []
    for line in Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        # Both are hexadecimal in the byte order of the machine.
        address, mask = (int(fields[i], 16).to_bytes(4, "little") for i in (1, 7))
        if any(mask):
            routes.append(ipaddress.ip_network((address, str(ipaddress.ip_address(mask))), strict=False))
    return routes


def machine_address(network: Network, number: int) -> str:
    """Return the fixed address of machine 1, 2, ...; the first of the network is the gateway's."""
    subnet = ipaddress.ip_network(network.attrs["IPAM"]["Config"][0]["Subnet"])
    return str(subnet[number + 1])


def is_finished(container: Container, wanted: dict[str, Machine]) -> bool:
    """Return whether a container is a wanted machine whose creation was not interrupted."""
    machine = wanted.get(container.labels[f"{LABEL}.machine"])
    if machine is None or container.status in ("created", "dead", "removing"):
        return False
    return container.labels[f"{LABEL}.recipe"] == machine.recipe


def was_used(container: Container) -> bool:
    """Return whether anyone logged in to a machine over ssh; one that does not run counts as used."""
    if container.status != "running":
        return True
    return container.exec_run(["journalctl", "-q", "-u", "ssh", "-g", "Accepted"]).exit_code == 0


def keep_unused(containers: list[Container]) -> list[Container]:
    """Return the machines that nobody logged in to."""
    used = in_parallel(was_used, containers)
    return [container for container, was in zip(containers, used, strict=True) if not was]


def reconcile(
    client: docker.DockerClient, network: Network, machines: list[Machine], archives: list[Path], fresh: bool
) -> dict[str, int]:
    """Make the lab consist of these machines; return the numbers "created", "started" and "removed".

    With fresh, machines that were used are made anew.
    New machines are left stopped, so that their host keys can be made known first.
    """
    wanted = {machine.name: machine for machine in machines}
    found = find_machines(client, machines[0].lab)
    kept = [container for container in found if is_finished(container, wanted)]
    if fresh:
        kept = keep_unused(kept)
    removed = [container for container in found if container not in kept]
    in_parallel(remove_machine, removed)
    names = {container.labels[f"{LABEL}.machine"] for container in kept}
    created = [machine for machine in machines if machine.name not in names]
    in_parallel(lambda machine: create_machine(client, network, machine, archives), created)
    started = [container for container in kept if container.status != "running"]
    return {"created": len(created), "started": len(started), "removed": len(removed)}


def in_parallel(function: Callable, items: Iterable) -> list:
    """Return function of each item, computed several at a time; the first error is raised."""
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(function, items))


def create_machine(client: docker.DockerClient, network: Network, machine: Machine, archives: list[Path]) -> None:
    """Create a machine with its keys and application images, not started yet."""
    name = f"{machine.lab}-{machine.name}"
    private, public = make_host_key(machine.name)
    remove_volume(client, name)
    volume = client.volumes.create(f"{name}-docker", labels={LABEL: machine.lab}).name
    endpoint = {"IPAMConfig": {"IPv4Address": machine.address}, "Aliases": [machine.name]}
    config = {
        "Image": machine.image,
        "Hostname": machine.name,
        "Labels": machine_labels(machine, public),
        "StopSignal": "SIGRTMIN+3",  # tells systemd to halt
        "HostConfig": {
            **machine.host_config,
            "NetworkMode": network.name,
            "Mounts": [{"Type": "volume", "Source": volume, "Target": "/var/lib/docker"}],
        },
        "NetworkingConfig": {"EndpointsConfig": {network.name: endpoint}},
    }
    created = client.api.create_container_from_config(config, name)
    container = client.containers.get(created["Id"])
    container.put_archive("/", pack_files(machine, private, archives))


def remove_volume(client: docker.DockerClient, container: str) -> None:
    """Remove the volume of the container of that name, if there is one."""
    for volume in client.volumes.list(filters={"name": f"^{container}-docker$"}):
        volume.remove()


def machine_labels(machine: Machine, host_key: str) -> dict[str, str]:
    """Return the labels that a machine is found and recognised by."""
    return {
        LABEL: machine.lab,
        f"{LABEL}.machine": machine.name,
        f"{LABEL}.address": machine.address,
        f"{LABEL}.release": machine.release,
        f"{LABEL}.recipe": machine.recipe,
        f"{LABEL}.host-key": host_key,
    }


def pack_files(machine: Machine, host_key: bytes, archives: list[Path]) -> bytes:
    """Return a tar archive of the files that belong to one machine."""
    files = [
        ("root/.ssh/authorized_keys", machine.user_key.encode() + b"\n", 0o600),
        ("etc/ssh/ssh_host_ed25519_key", host_key, 0o600),
        *((f"{IMAGE_DIRECTORY}/{path.name}", path.read_bytes(), 0o644) for path in archives),
    ]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content, mode in files:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def describe_hosts(client: docker.DockerClient, lab: str) -> list[Host]:
    """Return how the machines of a lab are reached, in the order of their numbers."""
    hosts = []
    for container in find_machines(client, lab):
        label = {key.removeprefix(f"{LABEL}."): value for key, value in container.labels.items()}
        hosts.append(Host(label["machine"], label["address"], label["release"], label["host-key"]))
    return sorted(hosts, key=lambda host: ipaddress.ip_address(host.address))


def start_machines(containers: list[Container]) -> None:
    """Start machines and wait until each answers; raise LabError for the first that does not."""
    raise_limits()
    in_parallel(start_machine, containers)


def raise_limits() -> None:
    """Raise the kernel's limits to what many machines need."""
    for name, least in KERNEL_LIMITS.items():
        path = Path("/proc/sys") / name
        if int(path.read_text(encoding="ascii")) < least:
            path.write_text(str(least), encoding="ascii")


def start_machine(container: Container) -> None:
    """Start a machine unless it runs; wait until sshd and engine answer, READY_TIMEOUT each, else raise LabError."""
    container.start()
    if not wait_for_ssh(container.labels[f"{LABEL}.address"]):
        raise no_answer(container, "sshd")
    if container.exec_run(["timeout", str(READY_TIMEOUT), "sh", "-c", READY_SCRIPT]).exit_code:
        raise no_answer(container, "engine")


def wait_for_ssh(address: str) -> bool:
    """Wait until an sshd says that it is one; return whether it did within READY_TIMEOUT."""
    deadline = time.monotonic() + READY_TIMEOUT
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((address, 22), timeout=2) as connection:
                # A slow machine only gets slower from connections that are given up.
                connection.settimeout(60)
                if connection.recv(4) == b"SSH-":
                    return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def no_answer(container: Container, service: str) -> LabError:
    """Return the error for a machine whose service does not answer, with the last lines that it logged."""
    container.reload()
    if container.status == "running":
        log = container.exec_run(["journalctl", "-n", "20", "--no-pager"]).output
    else:
        log = container.logs(tail=20)
    lab, name = container.labels[LABEL], container.labels[f"{LABEL}.machine"]
    return LabError(
        f"{name} is {container.status} but its {service} does not answer after {READY_TIMEOUT} s;"
        f" 'lab.py down --name {lab}' lets the next 'up' make it anew. Its log ends with:\n{log.decode().strip()}"
    )


def remove_machine(container: Container) -> None:
    """Remove a machine and its volume."""
    container.remove(force=True)
    remove_volume(container.client, container.name)


def remove_lab(client: docker.DockerClient, lab: str) -> bool:
    """Remove all that carries a lab's label; return whether there was anything."""
    label = {"label": f"{LABEL}={lab}"}
    machines = find_machines(client, lab)
    in_parallel(remove_machine, machines)
    volumes, networks = client.volumes.list(filters=label), client.networks.list(filters=label)
    for volume in volumes:
        volume.remove()
    for network in networks:
        remove_network(network)
    return bool(machines or volumes or networks)


def remove_network(network: Network) -> None:
    """Remove a network, or leave it to the next lab of its name.

    Engine 20.10 may lose count of its endpoints when many machines are removed at a time, and then removes it only
    after a restart. Nothing is connected to it, and a lab can use it.
    """
    try:
        network.remove()
    except docker.errors.APIError as error:
        network.reload()
        if network.attrs["Containers"]:
            raise
        print(f"The network {network.name} stays until the engine is started again: {error.explanation}")
