"""What a link says, and that it is Onlooker's: pure.

    kind, end, rule [, message, delivery], signature

all in base64url. The signature is the first half of an HMAC-SHA256 (RFC 2104, section 5, allows as much). No link names
anybody: a rule, whose id has words of its name, is there as an HMAC by another key.
"""

import base64
import hmac
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from onlooker_shared.errors import OnlookerError

LASTING = 7 * 86_400
"""Seconds that a link is good for."""
PURPOSE = b"onlooker alert links"
"""What the key is derived for: it opens nothing else, and nothing else makes links."""
KEY_BYTES, RULE_BYTES, SIGNATURE_BYTES = 32, 12, 16
RULE_ONLY, WITH_MESSAGE = 1, 2
RULE = struct.Struct(f">BI{RULE_BYTES}s")
MESSAGE = struct.Struct(">Q8sQ8s")
LONGEST = 128
"""Characters of a token, with some to spare."""
MESSAGE_ID = re.compile(r"([0-9]{13})-([0-9a-f]{16})")


class ForgedError(OnlookerError):
    """It is no link of Onlooker, or not all of it."""


class ExpiredError(OnlookerError):
    """It was one."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a link says."""

    rule: bytes
    """Stands for the rule, see `Signer.rule`."""
    ends_at: int
    """Epoch seconds."""
    escalation_id: str | None = None
    """The message, where it can be acknowledged."""
    delivery_id: str | None = None
    """By which the link came."""


class Signer:
    """Makes links, and reads them.

    Args:
        secret: what only this installation knows; the keys are derived from it.
    """

    def __init__(self, secret: bytes) -> None:
        keys = HKDF(algorithm=SHA256(), length=2 * KEY_BYTES, salt=None, info=PURPOSE).derive(secret)
        self._signing, self._naming = keys[:KEY_BYTES], keys[KEY_BYTES:]

    def rule(self, rule_id: str) -> bytes:
        """Return what stands for a rule."""
        return hmac.digest(self._naming, rule_id.encode(), "sha256")[:RULE_BYTES]

    def meant(self, said: Said, rule_ids: Iterable[str]) -> str | None:
        """Return which of some rules a link means; None: none of them."""
        return next((each for each in rule_ids if hmac.compare_digest(self.rule(each), said.rule)), None)

    def token(self, rule_id: str, escalation_id: str | None, delivery_id: str, now: float) -> str:
        """Return a token for a rule and, if there is one to be acknowledged, a message."""
        kind = RULE_ONLY if escalation_id is None else WITH_MESSAGE
        told = RULE.pack(kind, int(now) + LASTING, self.rule(rule_id))
        if escalation_id is not None:
            told += MESSAGE.pack(*_parts(escalation_id), *_parts(delivery_id))
        return base64.urlsafe_b64encode(told + self._signature(told)).decode().rstrip("=")

    def read(self, token: str, now: float) -> Said:
        """Return what a token says.

        Raises:
            ForgedError: it was not made with this secret, or is not whole.
            ExpiredError: it was, too long ago.
        """
        told, signature = _split(token)
        if not hmac.compare_digest(signature, self._signature(told)):
            raise ForgedError
        kind, ends_at, rule = RULE.unpack_from(told)
        if ends_at <= now:
            raise ExpiredError
        if kind == RULE_ONLY:
            return Said(rule, ends_at)
        at, message, delivered_at, delivery = MESSAGE.unpack_from(told, RULE.size)
        return Said(rule, ends_at, _id(at, message), _id(delivered_at, delivery))

    def _signature(self, told: bytes) -> bytes:
        return hmac.digest(self._signing, told, "sha256")[:SIGNATURE_BYTES]


def _split(token: str) -> tuple[bytes, bytes]:
    if len(token) > LONGEST:
        raise ForgedError
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError as error:  # binascii.Error is one
        raise ForgedError from error
    if len(whole) not in {RULE.size + SIGNATURE_BYTES, RULE.size + MESSAGE.size + SIGNATURE_BYTES}:
        raise ForgedError
    return whole[:-SIGNATURE_BYTES], whole[-SIGNATURE_BYTES:]


def _parts(message_id: str) -> tuple[int, bytes]:
    found = MESSAGE_ID.fullmatch(message_id)
    if found is None:
        raise ValueError(f"'{message_id}' is no id of a message")
    return int(found[1]), bytes.fromhex(found[2])


def _id(at: int, rest: bytes) -> str:
    return f"{at:013d}-{rest.hex()}"
