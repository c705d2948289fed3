"""Sessions: who is signed in, kept in DynamoDB so that a restart signs nobody out.

The cookie's token is 256 random bits. The table's id is its SHA-256, and the access key beside it is encrypted with
a key derived from the token (HKDF-SHA256, AES-256-GCM): neither the table nor a cookie's hash reveals a working key,
and whoever reads the table can make no cookie of it.
"""

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from onlooker_shared.errors import UnavailableError

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

TOKEN_BYTES = 32
NONCE_BYTES = 12
"""AES-GCM's own size (NIST SP 800-38D, 5.2.1.1); one key encrypts one text, so no nonce is ever used twice."""
REMEMBERED = 15.0
"""Seconds that a session is believed without asking again: a page of thumbnails asks once and not a hundred times.
Another process learns this late at most that somebody signed out."""
REMEMBERED_SESSIONS = 10_000
EXTEND_EVERY = 300.0
"""Seconds between two notes that a session is in use."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's signed-in browser."""

    token: str
    access_key: str
    ends_at: float
    """Epoch second after which it is over, however much it is used."""
    expires_at: float
    """Epoch second after which it is over if it is not used."""

    @property
    def csrf_token(self) -> str:
        """What forms and scripts of this session's pages send along, and no other site can know."""
        return hmac.digest(self.token.encode(), b"onlooker csrf", "sha256").hex()

    def __repr__(self) -> str:
        """Say no secret: representations end up in logs."""
        return f"Session(ends_at={self.ends_at})"


class Sessions:
    """Sessions in DynamoDB.

    Args:
        dynamodb: the process's client.
        table: the table's name.
        lifetime: seconds a session lasts at most.
        idle: seconds a session lasts without being used.
        clock: epoch seconds.
    """

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        *,
        lifetime: int,
        idle: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self.lifetime = lifetime
        self._idle = idle
        self._clock = clock
        self._remembered: dict[str, tuple[float, Session]] = {}

    async def open(self, access_key: str) -> Session:
        """Begin a session of whoever has this access key.

        Raises:
            UnavailableError: DynamoDB does not answer.
        """
        now = self._clock()
        ends_at = now + self.lifetime
        session = Session(
            secrets.token_urlsafe(TOKEN_BYTES), access_key, ends_at, expires_at=min(now + self._idle, ends_at)
        )
        session_id = identify(session.token)
        try:
            await self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "session_id": {"S": session_id},
                    "sealed_key": {"B": seal(session.token, access_key)},
                    "ends_at": {"N": str(int(ends_at))},
                    "expires_at": {"N": str(int(session.expires_at))},
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise _unavailable() from error
        self._remember(session_id, session)
        return session

    async def find(self, token: str) -> Session | None:
        """Return the session of a cookie's token; None if there is none, or it is over.

        Raises:
            UnavailableError: DynamoDB does not answer.
        """
        now, session_id = self._clock(), identify(token)
        known = self._remembered.get(session_id)
        session = known[1] if known is not None and now < known[0] else await self._look_up(session_id, token)
        if session is None or session.expires_at <= now:  # DynamoDB takes its time to let expired items vanish
            self._remembered.pop(session_id, None)
            return None
        return await self._extended(session_id, session, now)

    async def close(self, token: str) -> None:
        """End a session.

        Raises:
            UnavailableError: DynamoDB does not answer: the session still works.
        """
        session_id = identify(token)
        try:
            await self._dynamodb.delete_item(TableName=self._table, Key={"session_id": {"S": session_id}})
        except (BotoCoreError, ClientError) as error:
            raise _unavailable() from error
        self._remembered.pop(session_id, None)

    async def _look_up(self, session_id: str, token: str) -> Session | None:
        try:
            answer = await self._dynamodb.get_item(
                TableName=self._table, Key={"session_id": {"S": session_id}}, ConsistentRead=True
            )
        except (BotoCoreError, ClientError) as error:
            raise _unavailable() from error
        item = answer.get("Item")
        access_key = unseal(token, bytes(item["sealed_key"]["B"])) if item else None
        if item is None or access_key is None:
            return None
        session = Session(token, access_key, float(item["ends_at"]["N"]), float(item["expires_at"]["N"]))
        self._remember(session_id, session)
        return session

    async def _extended(self, session_id: str, session: Session, now: float) -> Session:
        """Note that a session is in use, now and then: a write for each request would cost more than the request."""
        expires_at = min(now + self._idle, session.ends_at)
        if expires_at - session.expires_at < min(EXTEND_EVERY, self._idle / 4):
            return session
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key={"session_id": {"S": session_id}},
                UpdateExpression="SET expires_at = :later",
                ConditionExpression="attribute_exists(session_id)",  # or one closed this moment would rise again
                ExpressionAttributeValues={":later": {"N": str(int(expires_at))}},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            self._remembered.pop(session_id, None)
            return session  # for this request; the next finds it closed
        except (BotoCoreError, ClientError) as error:
            raise _unavailable() from error
        extended = Session(session.token, session.access_key, session.ends_at, expires_at)
        self._remember(session_id, extended)
        return extended

    def _remember(self, session_id: str, session: Session) -> None:
        if len(self._remembered) >= REMEMBERED_SESSIONS:
            self._remembered.clear()
        self._remembered[session_id] = (self._clock() + REMEMBERED, session)


def identify(token: str) -> str:
    """Return the id under which the table has a token's session."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(token: str, access_key: str) -> bytes:
    """Return an access key that only the token opens: nonce and ciphertext, bound to this session's id."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(token).encrypt(nonce, access_key.encode(), identify(token).encode())


def unseal(token: str, sealed: bytes) -> str | None:
    """Return the access key that was sealed with this token; None if it was not, or was changed since."""
    try:
        opened = _cipher(token).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], identify(token).encode())
    except (InvalidTag, ValueError):
        return None
    return opened.decode()


def _cipher(token: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"onlooker console session").derive(token.encode())
    return AESGCM(derived)


def _unavailable() -> UnavailableError:
    return UnavailableError("Sessions cannot be looked up just now; try again in a moment.")
