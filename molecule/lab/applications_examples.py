# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands for public images where the lab runs examples/: made of Debian's packages, only for labs that ask.

All of them are one file system under several names, which differ in what they start: it is built and loaded once.
Variables, files of secrets, volumes and paths are those of the public images, as far as the examples use them.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from docker.models.containers import Container
from engine import LabError
from images import LABEL, cache_directory, debian_sources, fingerprint

RELEASE = "trixie"
PACKAGES = [
    "apache2",
    "curl",
    "gunicorn",
    "hey",
    "libapache2-mod-php",
    "mariadb-client-core",
    "mariadb-server-core",
    "nginx-light",
    "php-mysql",
    "python3-flask",
    "python3-pymysql",
    "wordpress",
    "wordpress-theme-twentytwentyfive",
]
SCRIPTS = "/usr/share/wordpress/wp-includes/js/dist"
LEFT_OUT = (*(f"/usr/share/{unused}/*" for unused in ("doc", "info", "locale", "man")), "/usr/bin/mariadb-*")
TAKEN = ("/usr/bin/mariadb-admin", "/usr/bin/mariadb-install-db")
HOOKS = (
    # It is for the scripts of packages alone.
    'rm -rf "$1"/usr/share/perl "$1"/usr/lib/*/perl',
    'chroot "$1" useradd --system --no-create-home mysql',
    'rm "$1/etc/nginx/sites-enabled/default" && ln -sf /dev/stdout "$1/var/log/nginx/access.log"',
    'ln -sf /dev/stderr "$1/var/log/nginx/error.log" && ln -sf /dev/stderr "$1/var/log/apache2/error.log"',
    # The public image has all of WordPress in this directory, and is given a volume there.
    'chroot "$1" sh -c "rm -r /var/www/html && cp -rL /usr/share/wordpress /var/www/html"',
    'chroot "$1" sh -c "rm -r /usr/share/wordpress && chown -R www-data: /var/www/html"',
)

MARIADB = """#!/bin/sh
# The first start makes MARIADB_DATABASE, and MARIADB_USER with the password of MARIADB_PASSWORD or the file
# MARIADB_PASSWORD_FILE. A start that was interrupted begins anew.
set -e
data=/var/lib/mysql
quoted() { sed "s/[\\\\\\\\']/\\\\\\\\&/g"; }
password() { if [ -n "$MARIADB_PASSWORD_FILE" ]; then cat "$MARIADB_PASSWORD_FILE"; else echo "$MARIADB_PASSWORD"; fi; }

mkdir -p /run/mysqld
chown mysql: /run/mysqld "$data"
if [ ! -e "$data/.complete" ]; then
  rm -rf "${data:?}"/*
  mariadb-install-db --user=mysql --datadir="$data" --skip-test-db >/dev/null
  mariadbd --user=mysql --bootstrap <<END
FLUSH PRIVILEGES;
CREATE DATABASE \\`$MARIADB_DATABASE\\`;
CREATE USER '$MARIADB_USER'@'%' IDENTIFIED BY '$(password | quoted)';
GRANT ALL ON \\`$MARIADB_DATABASE\\`.* TO '$MARIADB_USER'@'%';
END
  touch "$data/.complete"
fi
exec mariadbd --user=mysql --bind-address=0.0.0.0 "$@"
"""
HEALTHCHECK = """#!/bin/sh
exec mariadb-admin ping
"""
WORDPRESS = """#!/bin/sh
. /etc/apache2/envvars
mkdir -p "$APACHE_RUN_DIR" "$APACHE_LOCK_DIR"
exec apache2 -D FOREGROUND "$@"
"""
# A lab asks no machine outside of it.
WORDPRESS_CONFIG = """<?php
function setting($name, $default) {
    $file = getenv("{$name}_FILE");
    return $file ? trim(file_get_contents($file)) : (getenv($name) ?: $default);
}
define('DB_HOST', setting('WORDPRESS_DB_HOST', 'mysql'));
define('DB_NAME', setting('WORDPRESS_DB_NAME', 'wordpress'));
define('DB_USER', setting('WORDPRESS_DB_USER', 'wordpress'));
define('DB_PASSWORD', setting('WORDPRESS_DB_PASSWORD', ''));
define('DB_CHARSET', 'utf8mb4');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $use) {
    define("{$use}_KEY", hash('sha256', "{$use} key " . DB_PASSWORD));
    define("{$use}_SALT", hash('sha256', "{$use} salt " . DB_PASSWORD));
}
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
$table_prefix = 'wp_';
defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
# Path: text and mode.
FILES = {
    "usr/local/bin/mariadb-start": (MARIADB, 0o755),
    "usr/local/bin/healthcheck.sh": (HEALTHCHECK, 0o755),
    "usr/local/bin/wordpress-start": (WORDPRESS, 0o755),
    "var/www/html/wp-config.php": (WORDPRESS_CONFIG, 0o644),
}
# Name: what it starts, as the Engine's API has it.
IMAGES = {
    "flotilla/wordpress:6-apache": {"Entrypoint": ["wordpress-start"], "Volumes": {"/var/www/html": {}}},
    "flotilla/mariadb:11": {"Entrypoint": ["mariadb-start"], "Volumes": {"/var/lib/mysql": {}}},
    "flotilla/nginx:1": {"Cmd": ["nginx", "-g", "daemon off;"], "StopSignal": "SIGQUIT"},
    "flotilla/python:3-slim": {"Cmd": ["python3"]},
    "flotilla/hey:1": {"Entrypoint": ["hey"]},
}
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
CHUNK = 2**20
BLOCK = 512  # a tar archive is made of these
ON_MACHINE = "flotilla-examples.tar"


def root_recipe() -> list[str]:
    """Return the mmdebstrap command, less its output, that builds the file system of all images."""
    command = ["mmdebstrap", "--variant=minbase", "--format=tar", f"--include={','.join(PACKAGES)}"]
    # A mirror may lag behind for longer than its release file is valid.
    command += ['--aptopt=Acquire::Check-Valid-Until "false"']
    # Scripts that are not minimised are for those who debug WordPress.
    command += [f"--dpkgopt=path-exclude={path}" for path in (*LEFT_OUT, f"{SCRIPTS}/*.js")]
    command += [f"--dpkgopt=path-include={path}" for path in (*TAKEN, f"{SCRIPTS}/*.min.js")]
    command += [f"--customize-hook={hook}" for hook in HOOKS]
    return [*command, RELEASE]


def recipe() -> str:
    """Return a hash of all that the images follow from."""
    return fingerprint(root_recipe(), FILES, IMAGES)


def ensure_examples_archive() -> Path:
    """Return an archive of all images for 'docker load', building it if it is not in the cache.

    Raises LabError if the packages cannot be fetched or installed.
    """
    archive = cache_directory() / f"examples-{recipe()}.tar"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archive.parent) as directory:
            root, unfinished = Path(directory) / "root.tar", Path(directory) / "images.tar"
            build_root(root)
            write_images(unfinished, root)
            for outdated in archive.parent.glob("examples-*.tar"):
                outdated.unlink()
            unfinished.rename(archive)
    return archive


def build_root(target: Path) -> None:
    """Write the file system of all images, as a tar archive."""
    command = [*root_recipe(), str(target), *debian_sources(RELEASE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"Building the images of the examples failed: {done.stderr.strip()[-1500:]}")


def write_images(target: Path, root: Path) -> None:
    """Write an archive as 'docker save' does: two layers, which all images share, and what each of them starts."""
    files = pack(FILES)
    layers = {"root.tar": file_digest(root), "files.tar": hashlib.sha256(files).hexdigest()}
    contents, manifest = {}, []
    for name, started in IMAGES.items():
        config = json.dumps(image_config(started, layers.values())).encode()
        path = f"{hashlib.sha256(config).hexdigest()}.json"
        contents[path] = (config.decode(), 0o644)
        manifest.append({"Config": path, "RepoTags": [name], "Layers": list(layers)})
    contents["manifest.json"] = (json.dumps(manifest), 0o644)
    with tarfile.open(target, "w") as archive:
        archive.add(root, "root.tar")
        add_files(archive, {**contents, "files.tar": (files, 0o644)})


def image_config(started: dict, digests: Iterable[str]) -> dict:
    """Return the configuration of an image."""
    machine, labels = platform.machine(), {LABEL: "image", f"{LABEL}.recipe": recipe()}
    return {
        "architecture": ARCHITECTURES.get(machine, machine),
        "os": "linux",
        "config": {"Env": [PATH], "Labels": labels, **started},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
    }


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def pack(files: dict) -> bytes:
    """Return a tar archive of files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        add_files(archive, files)
    return packed.getvalue()


def add_files(archive: tarfile.TarFile, files: dict) -> None:
    """Add ``{path: (text or bytes, mode)}`` to an archive."""
    for path, (text, mode) in files.items():
        content = text.encode() if isinstance(text, str) else text
        entry = tarfile.TarInfo(path)
        entry.size, entry.mode = len(content), mode
        archive.addfile(entry, io.BytesIO(content))


def load_examples(machines: list[Container], archive: Path) -> int:
    """Give running machines the images that they lack; return how many machines lacked any."""
    with ThreadPoolExecutor() as pool:
        return sum(pool.map(lambda machine: load_into(machine, archive), machines))


def load_into(machine: Container, archive: Path) -> bool:
    """Load the images into the engine of a machine; return False if it has them."""
    found = machine.exec_run(["docker", "image", "ls", "--quiet", "--filter", f"label={LABEL}.recipe={recipe()}"])
    if len(found.output.split()) == len(IMAGES):
        return False
    machine.put_archive("/var/tmp", stream_file(archive, ON_MACHINE))
    load = f"docker load -q -i /var/tmp/{ON_MACHINE}; status=$?; rm /var/tmp/{ON_MACHINE}; exit $status"
    done = machine.exec_run(["sh", "-c", load])
    if done.exit_code:
        raise LabError(f"{machine.name} does not load the images of the examples: {done.output.decode().strip()}")
    return True


def stream_file(path: Path, name: str) -> Iterator[bytes]:
    """Yield a tar archive of one file, which may be larger than one wants to hold in memory."""
    entry = tarfile.TarInfo(name)
    entry.size = path.stat().st_size
    yield entry.tobuf()
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            yield chunk
    yield bytes(-entry.size % BLOCK + 2 * BLOCK)
