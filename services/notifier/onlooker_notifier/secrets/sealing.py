"""Secrets of channels at rest: sealed with AES-256-GCM, each bound to its channel.

A sealed secret names whose it is as associated data, so that one that is copied into another channel's record cannot be
opened there. The key is a file's, a setting's, or KMS's, which then makes a new one for each secret.
"""

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict

from onlooker_shared.errors import ConflictError, OnlookerError, SettingsError

KEY_BYTES, NONCE_BYTES = 32, 12
"""AES-256; NIST SP 800-38D's recommended length of an initialization vector."""
PRIVATE = 0o600
NOT_OPENED = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})
"""KMS's words for a data key that it wrapped with another key, or for another owner, or that was damaged."""
ANOTHER = "The channel's secret cannot be opened: it was sealed with another key. Give the secret anew."


class SealBrokenError(OnlookerError):
    """A secret cannot be opened: it was sealed with another key, or for another channel, or was damaged."""


class Sealed(BaseModel):
    """A secret that only who has the key can read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    nonce: str
    """Base64, as all of these."""
    ciphertext: str
    wrapped_key: str | None = None
    """The key, as only KMS can open it; None where the key is the installation's own."""


class Sealer(Protocol):
    """Seals and opens."""

    async def seal(self, secret: str, owner: str, /) -> Sealed:
        """Return a secret of an owner, sealed."""
        ...

    async def open(self, sealed: Sealed, owner: str, /) -> str:
        """Return an owner's secret.

        Raises:
            SealBrokenError: it is not theirs, or the key is another.
        """
        ...


class NoKey:
    """Where no key is set, channels with secrets cannot be made, and nothing else is wrong."""

    async def seal(self, _secret: str, _owner: str) -> Sealed:
        """See `Sealer`.

        Raises:
            ConflictError: always.
        """
        raise ConflictError(
            "This channel has a secret, and there is no key to seal it with: set ONLOOKER_NOTIFIER_KEY_FILE,"
            " ONLOOKER_NOTIFIER_KEY or ONLOOKER_NOTIFIER_KMS_KEY_ID."
        )

    async def open(self, _sealed: Sealed, _owner: str) -> str:
        """See `Sealer`."""
        raise SealBrokenError("The key that this secret was sealed with is not set any more.")


class KeySealer:
    """Seals with one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    async def seal(self, secret: str, owner: str) -> Sealed:
        """See `Sealer`."""
        return _sealed(self._cipher, secret, owner)

    async def open(self, sealed: Sealed, owner: str) -> str:
        """See `Sealer`."""
        if sealed.wrapped_key is not None:
            raise SealBrokenError("This secret was sealed with a key of KMS, which is not set any more.")
        return _opened(self._cipher, sealed, owner)


class FileSealer:
    """Seals with the key in a file, which is made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sealer: KeySealer | None = None

    async def seal(self, secret: str, owner: str) -> Sealed:
        """See `Sealer`.

        Raises:
            SettingsError: the file holds no key.
            OSError: it cannot be read or written.
        """
        if self._sealer is None:
            self._sealer = KeySealer(made_or_read(self._path))
        return await self._sealer.seal(secret, owner)

    async def open(self, sealed: Sealed, owner: str) -> str:
        """See `Sealer`."""
        if self._sealer is None:
            if not self._path.exists():
                raise SealBrokenError(f"The file {self._path}, with the key of the channels' secrets, is gone.")
            self._sealer = KeySealer(_read(self._path))
        return await self._sealer.open(sealed, owner)


class KmsSealer:
    """Seals each secret with a data key of its own that only KMS can open."""

    def __init__(self, kms: Any, key_id: str) -> None:
        self._kms = kms
        self._key_id = key_id

    async def seal(self, secret: str, owner: str) -> Sealed:
        """See `Sealer`.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: KMS does not answer, or refuses.
        """
        made = await self._kms.generate_data_key(
            KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=_context(owner)
        )
        sealed = _sealed(AESGCM(made["Plaintext"]), secret, owner)
        return sealed.model_copy(update={"wrapped_key": base64.b64encode(made["CiphertextBlob"]).decode()})

    async def open(self, sealed: Sealed, owner: str) -> str:
        """See `Sealer`."""
        if sealed.wrapped_key is None:
            raise SealBrokenError("This secret was sealed with a key of the installation, not with KMS.")
        try:
            opened = await self._kms.decrypt(
                KeyId=self._key_id,
                CiphertextBlob=base64.b64decode(sealed.wrapped_key),
                EncryptionContext=_context(owner),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_OPENED:
                raise SealBrokenError(ANOTHER) from error
            raise
        return _opened(AESGCM(opened["Plaintext"]), sealed, owner)


def key_of(text: str) -> bytes:
    """Return the key that a setting or a file spells in base64.

    Raises:
        ValueError: it is none.
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:  # binascii.Error is one
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"is no key: it must be {KEY_BYTES} random bytes in base64 (openssl rand -base64 {KEY_BYTES})")
    return key


def made_or_read(path: Path) -> bytes:
    """Return the key in a file, which is made if it is not there.

    Of several instances that find none at once, one's is everybody's.

    Raises:
        SettingsError: the file holds no key.
        OSError: it cannot be read or written.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
                file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                path.hardlink_to(draft)  # whole or not at all, and never in place of another's
        finally:
            draft.unlink(missing_ok=True)
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        return key_of(path.read_bytes().decode("ascii", "replace"))
    except ValueError as error:
        raise SettingsError(f"ONLOOKER_NOTIFIER_KEY_FILE: {path} {error}") from None


def _sealed(cipher: AESGCM, secret: str, owner: str) -> Sealed:
    nonce = secrets.token_bytes(NONCE_BYTES)
    ciphertext = cipher.encrypt(nonce, secret.encode(), owner.encode())
    return Sealed(nonce=base64.b64encode(nonce).decode(), ciphertext=base64.b64encode(ciphertext).decode())


def _opened(cipher: AESGCM, sealed: Sealed, owner: str) -> str:
    try:
        opened = cipher.decrypt(base64.b64decode(sealed.nonce), base64.b64decode(sealed.ciphertext), owner.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError(ANOTHER) from error
    return opened.decode()


def _context(owner: str) -> dict[str, str]:
    return {"onlooker:channel": owner}
