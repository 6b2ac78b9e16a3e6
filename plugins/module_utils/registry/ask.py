# Copyright flotilla.swarm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask a registry whether it takes credentials, as the Engine does, but without one (distribution-spec, /v2/)."""

from __future__ import annotations

import base64
import glob
import http.client
import json
import os
import re
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request

from ..core.errors import SwarmError
from .names import DOCKER_HUB

CERTIFICATES = "/etc/docker/certs.d"
# Docker Hub's name is not the host that serves its images.
HOSTS = {DOCKER_HUB: "registry-1.docker.io"}
CLIENT_ID = "flotilla.swarm"
CHALLENGE = re.compile(r"(\w+)\s+((?:\w+=(?:\"[^\"]*\"|[^\s,]+),?\s*)+)")
PARAMETER = re.compile(r"(\w+)=(?:\"([^\"]*)\"|([^\s,]+))")
# What OpenSSL says of a server that answers in plain text.
PLAIN_TEXT = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE")


class Answer:
    """Status, headers and the beginning of the body of an answer."""

    def __init__(self, raw):
        self.status, self.headers = raw.getcode(), raw.headers
        self.body = raw.read(1_000_000)


class Registry:
    """One registry; ``certificates`` is where the Engine keeps authorities by the name of a registry."""

    def __init__(self, name, ca_cert=None, insecure=False, timeout=30, certificates=CERTIFICATES):
        self.name, self.ca_cert, self.insecure, self.timeout = name, ca_cert, insecure, timeout
        self.certificates = certificates
        self.what = "Docker Hub" if name == DOCKER_HUB else f"registry {name}"

    def check(self, username: str, password: str) -> bool:
        """Whether the registry asked for the credentials and took them; SwarmError if it does not take them."""
        base, answer = self._find()
        if answer.status == 200:
            return False
        schemes = challenges(answer.headers.get_all("WWW-Authenticate") or ())
        if "bearer" in schemes:
            token = self._token(base, schemes["bearer"], username, password)
            taken = self._get(f"{base}/v2/", self.what, f"Bearer {token}")
        elif "basic" in schemes:
            taken = self._get(f"{base}/v2/", self.what, basic(username, password))
        else:
            raise self._no_registry(base, answer.status)
        self._refuse(taken, self.what, username)
        return True

    def _find(self):
        """Where the registry answers, and what it says to somebody without credentials."""
        host = HOSTS.get(self.name, self.name)
        try:
            base = f"https://{host}"
            answer = self._get(f"{base}/v2/", self.what)
        except SwarmError as exc:
            # The Engine as well tries plain HTTP with a registry that may be insecure.
            if not self.insecure or exc.reason not in ("registry_insecure", "registry_unreachable"):
                raise
            base = f"http://{host}"
            answer = self._get(f"{base}/v2/", self.what)
        if answer.status in (200, 401):
            known = "Docker-Distribution-Api-Version" in answer.headers or answer.status == 401
            if not known and answer.body.strip() not in (b"{}", b""):
                raise self._no_registry(base, answer.status)
            return base, answer
        if answer.status == 403:
            raise SwarmError(
                f"{self.what} forbids this host to use it (HTTP 403); let its administrator allow the host",
                reason="registry_forbidden",
            )
        self._refuse_failing(answer, self.what)
        raise self._no_registry(base, answer.status)

    def _token(self, base, challenge, username, password) -> str:
        """The token that the registry's token server gives for the credentials."""
        realm = urllib.parse.urljoin(f"{base}/v2/", challenge.get("realm", ""))
        server = f"token server {urllib.parse.urlsplit(realm).netloc} of {self.what}"
        if urllib.parse.urlsplit(realm).scheme != "https" and not self.insecure:
            raise insecure(server)
        query = {"account": username, "client_id": CLIENT_ID}
        query.update({name: challenge[name] for name in ("service", "scope") if challenge.get(name)})
        joint = "&" if "?" in realm else "?"
        answer = self._get(realm + joint + urllib.parse.urlencode(query), server, basic(username, password))
        self._refuse(answer, server, username)
        try:
            found = json.loads(answer.body)
            return found.get("token") or found["access_token"]
        except (ValueError, KeyError, AttributeError):
            raise SwarmError(f"{server} gives no token; is it one?", reason="no_registry") from None

    def _refuse(self, answer, server, username):
        """Raise what an answer to credentials says, unless they were taken."""
        if answer.status == 200:
            return
        if answer.status in (401, 403):
            raise SwarmError(
                f"{self.what} does not take this password of user {username} (HTTP {answer.status}); correct the name "
                "or the password, or make a new token",
                reason="wrong_password",
            )
        self._refuse_failing(answer, server)
        raise SwarmError(f"{server} answers HTTP {answer.status} to a login; is it a registry?", reason="no_registry")

    def _refuse_failing(self, answer, server):
        """Raise what a server says that cannot serve now."""
        if answer.status == 429:
            seconds = answer.headers.get("Retry-After", "")
            when = f"in {seconds} seconds" if seconds.isdigit() else "later"
            raise SwarmError(
                f"{server} limits the rate of requests (HTTP 429); run this again {when}, or with verify: none",
                reason="registry_rate_limit",
            )
        if answer.status >= 500:
            raise SwarmError(
                f"{server} is out of order (HTTP {answer.status}); look at its log, or use verify: none",
                reason="registry_failing",
            )

    def _no_registry(self, base, status):
        return SwarmError(
            f"at {base} there is no registry (it answers HTTP {status} to /v2/); correct name and port of {self.what}",
            reason="no_registry",
        )

    def _get(self, url, server, authorization=None) -> Answer:
        request = urllib.request.Request(url, headers={"User-Agent": CLIENT_ID, "Accept": "application/json"})
        if authorization:
            # Not sent to where a redirection leads.
            request.add_unredirected_header("Authorization", authorization)
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=self._context()))
        try:
            with opener.open(request, timeout=self.timeout) as raw:
                return Answer(raw)
        except urllib.error.HTTPError as exc:
            with exc:
                return Answer(exc)
        except urllib.error.URLError as exc:
            raise trouble(server, exc.reason) from None
        except (OSError, http.client.HTTPException, ValueError) as exc:
            raise trouble(server, exc) from None

    def _context(self) -> ssl.SSLContext:
        """What the system trusts, what the Engine trusts for this registry, and what the task names."""
        if self.insecure:
            return ssl._create_unverified_context()
        context = ssl.create_default_context()
        # Python 3.13 refuses authorities that lack extensions which the Engine does not ask for.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        folder = os.path.join(self.certificates, self.name)
        try:
            for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*.crt"))):
                context.load_verify_locations(cafile=path)
            for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*.cert"))):
                context.load_cert_chain(path, path[: -len(".cert")] + ".key")
            if self.ca_cert:
                named = {"cadata": self.ca_cert} if "-----BEGIN" in self.ca_cert else {"cafile": self.ca_cert}
                context.load_verify_locations(**named)
        except (OSError, ValueError) as exc:
            raise SwarmError(
                f"the certificates for {self.what} cannot be read: {getattr(exc, 'strerror', None) or exc}; correct "
                f"ca_cert, or the files in {folder}",
                reason="invalid_certificate",
            ) from None
        return context


def challenges(headers) -> dict:
    """``{scheme: parameters}`` of the headers with which a server asks for credentials."""
    found: dict = {}
    for scheme, text in CHALLENGE.findall(" , ".join(headers)):
        parameters = {name.lower(): quoted or bare for name, quoted, bare in PARAMETER.findall(text)}
        found.setdefault(scheme.lower(), parameters)
    return found


def basic(username: str, password: str) -> str:
    """The header of basic authentication."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def insecure(server: str) -> SwarmError:
    """The error of a server that could be sent a password in plain text only."""
    return SwarmError(
        f"{server} does not speak TLS, so that anybody on the way could read the password; give it a certificate, or "
        "say insecure: true",
        reason="registry_insecure",
    )


def trouble(server: str, exc) -> SwarmError:
    """A sentence for why a server gives no answer."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        return SwarmError(
            f"the certificate of {server} is not trusted: {exc.verify_message.rstrip('.')}; name its authority in "
            "ca_cert, or correct the certificate",
            reason="registry_untrusted",
        )
    if isinstance(exc, ssl.SSLError):
        why = getattr(exc, "reason", None) or exc
        if why in PLAIN_TEXT:
            return insecure(server)
        return SwarmError(f"TLS with {server} fails: {why}; correct its TLS", reason="registry_tls")
    if isinstance(exc, socket.gaierror):
        return SwarmError(
            f"the host of {server} is unknown ({exc.strerror}); correct the name, or the name service of this host",
            reason="registry_unknown_host",
        )
    if isinstance(exc, http.client.HTTPException):
        return SwarmError(f"{server} does not speak HTTP; correct name and port", reason="no_registry")
    why = "it does not answer in time" if isinstance(exc, socket.timeout) else getattr(exc, "strerror", None) or exc
    return SwarmError(
        f"{server} cannot be reached: {why}; start it, or correct its name and port, or what is between",
        reason="registry_unreachable",
    )
