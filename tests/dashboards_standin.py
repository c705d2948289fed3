"""Answers `POST /api/saved_objects/_import` as OpenSearch Dashboards does.

After its sources (src/core/server/saved_objects: routes/import.ts, import/*.ts, migrations/core/document_migrator.ts;
http/lifecycle_handlers.ts), the Security plugin's (server/auth/types/basic, server/multitenancy), and the API's page in
the documentation. Only bodies and rules that an importer can meet.
"""

import json
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Json = dict[str, Any]

LATEST = {"index-pattern": (7, 6, 0), "visualization": (7, 10, 0), "dashboard": (7, 9, 3), "search": (7, 9, 3)}
ICONS = {"index-pattern": "indexPatternApp", "visualization": "visualizeApp", "dashboard": "dashboardApp"}
REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


@dataclass
class StandIn:
    """What it holds, and how it behaves.

    Attributes:
        users: passwords by names; empty without the Security plugin.
        readers: those who may look at a tenant but not write.
        types: that it knows.
        answer: given to every request instead, as status, headers and body.
        tenants: saved objects by tenant, type and id.
    """

    url: str = ""
    base_path: str = ""
    users: dict[str, str] = field(default_factory=dict)
    readers: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=lambda: set(LATEST))
    answer: tuple[int, dict[str, str], bytes] | None = None
    tenants: dict[str, dict[tuple[str, str], Json]] = field(default_factory=dict)

    def objects(self, tenant: str = "global") -> dict[tuple[str, str], Json]:
        return self.tenants.setdefault(tenant, {})

    def load(self, objects: list[Json], tenant: str, *, overwrite: bool) -> Json:
        """Import: all, or none where one has a fault that could be resolved."""
        known = [each for each in objects if each["type"] in self.types]
        errors = [failed(each, {"type": "unsupported_type"}) for each in objects if each["type"] not in self.types]
        there = self.objects(tenant)
        coming = {(each["type"], each["id"]) for each in known}
        good = []
        for each in known:
            references = [(to["type"], to["id"]) for to in each.get("references", [])]
            missing = [
                {"type": kind, "id": to}
                for kind, to in references
                if kind in {"index-pattern", "search"} and (kind, to) not in coming and (kind, to) not in there
            ]
            if missing:
                errors.append(failed(each, {"type": "missing_references", "references": missing}))
            elif (each["type"], each["id"]) in there and not overwrite:
                errors.append(failed(each, {"type": "conflict"}))
            else:
                good.append(each)
        if not any(each["error"]["type"] in {"missing_references", "conflict"} for each in errors):
            errors += [failed(each, too_new) for each in good if (too_new := newer(each))]
            good = [each for each in good if not newer(each)]
        results = [succeeded(each, replaced=(each["type"], each["id"]) in there) for each in good]
        if not any(each["error"]["type"] in {"missing_references", "conflict"} for each in errors):
            there.update({(each["type"], each["id"]): each for each in good})
        body: Json = {"successCount": len(good), "success": not errors}
        return body | ({"successResults": results} if results else {}) | ({"errors": errors} if errors else {})


def failed(each: Json, error: Json) -> Json:
    title = each["attributes"].get("title")
    meta = {"title": title, "icon": ICONS.get(each["type"])}
    return {"id": each["id"], "type": each["type"], "title": title, "meta": meta, "error": error}


def succeeded(each: Json, *, replaced: bool) -> Json:
    meta = {"title": each["attributes"]["title"], "icon": ICONS[each["type"]]}
    return {"type": each["type"], "id": each["id"], "meta": meta} | ({"overwrite": True} if replaced else {})


def newer(each: Json) -> Json | None:
    kind = each["type"]
    said = each.get("migrationVersion", {}).get(kind)
    if said is None or tuple(map(int, said.split("."))) <= LATEST[kind]:
        return None
    known = ".".join(map(str, LATEST[kind]))
    message = (
        f'Document "{each["id"]}" has property "{kind}" which belongs to a more recent version of OpenSearch '
        f"Dashboards [{said}]. The last known version is [{known}]"
    )
    return {"type": "unknown", "statusCode": 422, "message": message}


class _Handler(BaseHTTPRequestHandler):
    standin: StandIn

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.standin.answer:
            status, headers, content = self.standin.answer
            self._send(status, content, headers)
            return
        place = urlsplit(self.path)
        user = self._user()
        if self.standin.users and user is None:
            self._refuse(401, "Authentication required")
        elif "osd-xsrf" not in self.headers and "osd-version" not in self.headers:
            self._refuse(400, "Request must contain a osd-xsrf header.")
        elif place.path != f"{self.standin.base_path}/api/saved_objects/_import":
            self._refuse(404, "Not Found")
        else:
            self._import(body, {key: values[-1] for key, values in parse_qs(place.query).items()}, user)

    def _import(self, body: bytes, query: dict[str, str], user: str | None) -> None:
        if query.keys() - {"overwrite", "createNewCopies", "workspaces"}:
            self._refuse(400, f"[request query.{min(query)}]: definition for this key is missing")
            return
        kind = self.headers["content-type"]
        part = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        files = [each for each in part.get_payload() if each.get_param("name", header="content-disposition") == "file"]
        if part.get_content_type() != "multipart/form-data" or not files:
            self._refuse(415, "Unsupported Media Type")
            return
        extension = PurePosixPath(files[0].get_filename()).suffix.lower()
        if extension != ".ndjson":
            self._refuse(400, f"Invalid file extension {extension}")
            return
        named = self.headers.get("securitytenant", "private").encode("latin-1").decode()
        tenant = named if self.standin.users else "global"
        if user in self.standin.readers:
            self._refuse(403, "no permissions for [indices:data/write/bulk] and User [name=" + user + "]")
            return
        lines = files[0].get_payload(decode=True).decode().splitlines()
        objects = [read for line in lines if line.strip() and "exportedCount" not in (read := json.loads(line))]
        self._json(200, self.standin.load(objects, tenant, overwrite=query.get("overwrite") == "true"))

    def _user(self) -> str | None:
        scheme, _, credentials = self.headers.get("authorization", "").partition(" ")
        name, _, password = b64decode(credentials).decode().partition(":")
        return name if scheme == "Basic" and self.standin.users.get(name) == password else None

    def _refuse(self, status: int, message: str) -> None:
        self._json(status, {"statusCode": status, "error": REASONS.get(status, "Error"), "message": message})

    def _json(self, status: int, body: Json) -> None:
        self._send(status, json.dumps(body).encode(), {"content-type": "application/json; charset=utf-8"})

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def self_signed(folder: Path) -> Path:
    """Return a file with a key and a certificate for 127.0.0.1 that nobody but its maker trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Dashboards of the tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    file = folder / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return file


@contextmanager
def running_standin(*, base_path: str = "", certificate: Path | None = None) -> Iterator[StandIn]:
    """Serve on a free port of this machine, with a certificate over TLS."""
    standin = StandIn(base_path=base_path)
    handler = type("Handler", (_Handler,), {"standin": standin})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https" if certificate else "http"
        standin.url = f"{scheme}://127.0.0.1:{server.server_port}{base_path}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield standin
        server.shutdown()
        thread.join()
