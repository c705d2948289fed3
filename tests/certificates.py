"""An authority of one's own, as people have who run servers in their own network, and what it signs."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

VALID = timedelta(hours=1)
FOR_SIGNING = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """Signs certificates, with all that Python asks of them from 3.13 on (`ssl.VERIFY_X509_STRICT`).

    Args:
        folder: where the files are put.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority of the tests")])
        made = self._begun(self._name, self._key.public_key())
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(FOR_SIGNING, critical=True)
        self.file = folder / "authority.pem"
        """Its certificate, in PEM."""
        self.file.write_bytes(made.sign(self._key, SHA256()).public_bytes(serialization.Encoding.PEM))

    def certificate(self, host: str) -> Path:
        """Return a file with a key and a certificate for a name or an address, in PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        known_as: x509.GeneralName = x509.DNSName(host)
        if host.replace(".", "").isdigit():
            known_as = x509.IPAddress(ip_address(host))
        made = self._begun(x509.Name([]), key.public_key())
        made = made.add_extension(x509.SubjectAlternativeName([known_as]), critical=True)
        signed = made.sign(self._key, SHA256()).public_bytes(serialization.Encoding.PEM)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = self._folder / f"{host}.pem"
        file.write_bytes(secret + signed)
        return file

    def server(self, host: str) -> ssl.SSLContext:
        """Return what a server has that proves to be this host."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.certificate(host))
        return made

    def _begun(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now, own = datetime.now(UTC), self._key.public_key()
        return (
            x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number())
            .not_valid_before(now - VALID)
            .not_valid_after(now + VALID)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(own), critical=False)
        )
