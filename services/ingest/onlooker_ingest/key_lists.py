"""Access keys as they are told: all but the secret, page by page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from onlooker_shared import cursor
from onlooker_shared.errors import BadRequestError
from onlooker_shared.keyring import KeyRecord
from onlooker_shared.keys import Principal, Scope


class KeyFacts(BaseModel):
    """What a key is."""

    key_id: str
    """The part of the key between the underscores; no secret."""
    owner: str
    scopes: list[Scope]
    bucket: str | None
    prefix: str
    expires_at: datetime | None


class KeyEntry(KeyFacts):
    """A key in the list."""

    created_at: datetime
    last_used_at: datetime | None
    """To within five minutes; None: never."""


class NewKey(KeyFacts):
    """A key that was made just now."""

    key: str
    """The key itself, for this once."""


class KeyList(BaseModel):
    """One page of the keys, newest first."""

    keys: list[KeyEntry]
    cursor: str | None
    """For the next page; None on the last."""


def new_key(key: str, principal: Principal) -> NewKey:
    """Return what the maker of a key is told."""
    return NewKey(key=key, **_facts(principal))


def page(records: Sequence[KeyRecord], *, limit: int, after: str | None) -> KeyList:
    """Return a page of keys.

    Args:
        records: all of them, newest first.
        limit: keys a page.
        after: the cursor of the page before.

    Raises:
        BadRequestError: the cursor is none of this list.
    """
    start = _position(after) if after is not None else None
    left = [record for record in records if start is None or _place(record) < start]
    shown = left[:limit]
    more = len(left) > limit
    return KeyList(keys=[_entry(record) for record in shown], cursor=_cursor(shown[-1]) if more else None)


def _place(record: KeyRecord) -> tuple[datetime, str]:
    return record.created_at, record.principal.key_id


def _cursor(record: KeyRecord) -> str:
    return cursor.encode({"created_at": record.created_at.isoformat(), "key_id": record.principal.key_id})


def _position(after: str) -> tuple[datetime, str]:
    try:
        match cursor.decode(after):
            case {"created_at": str(created_at), "key_id": str(key_id)}:
                moment = datetime.fromisoformat(created_at)
                if moment.tzinfo is not None:
                    return moment, key_id
    except ValueError:
        pass  # a time of somebody's own making
    raise BadRequestError("This cursor belongs to another list; start again without one.")


def _entry(record: KeyRecord) -> KeyEntry:
    return KeyEntry(created_at=record.created_at, last_used_at=record.last_used_at, **_facts(record.principal))


def _facts(principal: Principal) -> dict[str, Any]:
    return {
        "key_id": principal.key_id,
        "owner": principal.owner,
        "scopes": sorted(principal.scopes),
        "bucket": principal.bucket,
        "prefix": principal.prefix,
        "expires_at": principal.expires_at,
    }
