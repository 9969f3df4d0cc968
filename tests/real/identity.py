"""What Azure has around an app and a laptop has not: a certificate, managed identity, and a key vault. Ours, but real.

The app's own libraries speak to these over HTTP(S) exactly as they do in Azure. Tokens are unsigned: Azurite looks at
who they are for and how long they last, not at who made them.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HEADER = "geheim-van-de-host"
VAULT_VERSION = "0123456789abcdef0123456789abcdef"


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1 that signs itself, and its key; it is valid for two days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests van slimme-check")])
    now = datetime.now(UTC)
    usage = {"digital_signature": True, "key_cert_sign": True, "crl_sign": True}
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    usage |= dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificaat.pem", folder / "sleutel.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret


def _part(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


@dataclass
class Identity:
    """The endpoint that gives an app tokens of its managed identity. `asked`: for what, by which client id."""

    url: str = ""
    seconds: int = 3600
    works: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    listeners: list[Callable[[str, str], None]] = field(default_factory=list)

    def answer(self, path: str, headers: Any) -> tuple[int, dict[str, Any]]:
        """Return the answer to a question for a token."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        resource = query.get("resource", "")
        if headers["X-IDENTITY-HEADER"] != HEADER or not self.works:
            return 400, {"statusCode": 400, "message": "No managed identity found"}
        self.asked.append((resource, query.get("client_id", "")))
        now = int(time.time())
        claims = {"aud": resource, "iss": "https://sts.windows.net/tests/", "iat": now, "nbf": now - 5}
        claims |= {"exp": now + self.seconds, "jti": str(len(self.asked))}
        token = f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}.{_part({})}"
        self.given.append(token)
        for listener in self.listeners:
            listener(resource, token)
        return 200, {
            "access_token": token,
            "expires_on": str(now + self.seconds),
            "resource": resource,
            "token_type": "Bearer",
        }


@dataclass
class Vault:
    """A key vault as far as reading secrets goes. `secrets`: value by name; None is one that is switched off."""

    url: str = ""
    secrets: dict[str, str | None] = field(default_factory=dict)
    allowed: bool = True
    poses_as: str = ""
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, headers: Any) -> tuple[int, dict[str, Any]]:
        """Return the answer to a question for a secret, as the documentation of the service has it."""
        name = urlsplit(path).path.strip("/").split("/")[1]
        if not (headers["Authorization"] or "").startswith("Bearer "):
            return 401, {"error": {"code": "Unauthorized", "message": "AKV10000: no token"}}
        self.asked.append(name)
        if not self.allowed:
            return 403, {"error": {"code": "Forbidden", "message": "Caller is not authorized"}}
        if name not in self.secrets:
            return 404, {
                "error": {"code": "SecretNotFound", "message": f"A secret with (name/id) {name} was not found"}
            }
        value = self.secrets[name]
        if value is None:
            return 403, {"error": {"code": "Forbidden", "innererror": {"code": "SecretDisabled"}, "message": "Off"}}
        return 200, {
            "value": value,
            "id": f"{self.url}/secrets/{name}/{VAULT_VERSION}",
            "attributes": {"enabled": True},
        }


@contextmanager
def running(handler: type[BaseHTTPRequestHandler], tls: tuple[Path, Path] | None) -> Iterator[str]:
    """Answer on a free port of this machine while the block lasts; gives the address. `tls`: certificate, key."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        # the handshake is of the thread of a request: who connects and says nothing would hold up all, and the end
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def served(part: Identity | Vault, tls: tuple[Path, Path] | None = None) -> Iterator[None]:
    """Serve a part on a free port of this machine for as long as the block lasts, and fill in its `url`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, document = part.answer(self.path, self.headers)
            body = json.dumps(document).encode()
            self.send_response(status)
            if status == 401:
                # the library wants the name of the service to be the end of the address that it asked: here a number
                resource = getattr(part, "poses_as", "") or f"https://0.0.1:{self.server.server_address[1]}"
                tenant = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000"
                self.send_header("WWW-Authenticate", f'Bearer authorization="{tenant}", resource="{resource}"')
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with running(Handler, tls) as url:
        part.url = url
        yield
