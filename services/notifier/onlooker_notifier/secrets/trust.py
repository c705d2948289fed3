"""Whose certificates the other sides of channels may have: the same for mail servers, brokers, webhooks and chats."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx


class Trust:
    """What is trusted: public authorities, those that this machine knows, and some of one's own.

    Args:
        ca_file: the certificates of one's own, in PEM.
    """

    def __init__(self, ca_file: Path | None = None) -> None:
        self._ca_file = ca_file

    def context(self) -> ssl.SSLContext:
        """Return what channels connect with. That of webhooks is theirs: httpx writes into it what it speaks."""
        made = httpx.create_ssl_context(trust_env=False)  # the public ones, as certifi lists them
        made.load_default_certs()  # those of the machine, or of SSL_CERT_FILE
        if self._ca_file is not None:
            made.load_verify_locations(self._ca_file)
        return made

    @contextmanager
    def bundled(self) -> Iterator[Path | None]:
        """Have all of it in one file, for a library that takes nothing else; None where it has nothing to add."""
        if self._ca_file is None:
            yield None
            return
        with TemporaryDirectory(prefix="onlooker-trust-") as folder:
            known = map(ssl.DER_cert_to_PEM_cert, self.context().get_ca_certs(binary_form=True))
            path = Path(folder) / "authorities.pem"
            path.write_bytes("".join(known).encode() + b"\n" + self._ca_file.read_bytes())
            yield path


def why_not_readable(ca_file: Path) -> str | None:
    """Return what is wrong with a file of certificates; None if it has some."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca_file)
    except ssl.SSLError:
        return "has no certificate in PEM in it (-----BEGIN CERTIFICATE-----)"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None
