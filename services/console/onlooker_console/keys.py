"""Access keys in words: what each scope allows, how long a key may last, and how one is used."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

SCOPES: Mapping[str, Mapping[str, str]] = {
    "Pictures": {
        "images:read": "See and download pictures",
        "images:write": "Upload pictures",
        "images:delete": "Delete pictures",
    },
    "What is recognized in them": {
        "tags:read": "Search and count",
        "recognitions:read": "Read all that was recognized",
        "annotations:read": "See pictures with boxes drawn",
        "recognitions:write": "Have pictures recognized again",
    },
    "People": {
        "people:read": "See who is known, and who is in a picture",
        "people:write": "Enrol people, name, change, part and erase them",
        "people:audit": "See who looked at people or changed them, and export a person",
        "attendance:write": "Sign people in and out, and nothing else",
    },
    "Everything else": {
        "alerts:read": "See who is told of what",
        "alerts:write": "Change rules and channels, and try them",
        "admin": "Everything, access keys and queues too",
    },
}
"""What a key can be made for, in words."""

WORDS = {scope: words for group in SCOPES.values() for scope, words in group.items()}

TERMS = {"1": "in a day", "7": "in a week", "30": "in 30 days", "90": "in 90 days", "365": "in a year", "": "never"}
"""When a key expires, by its days."""
TERM = "365"
"""Unless somebody says otherwise."""

Key = Mapping[str, Any]
"""What ingest tells of a key."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key as the form has it."""

    owner: str = ""
    scopes: tuple[str, ...] = ()
    bucket: str = ""
    prefix: str = ""
    days: str = TERM

    @property
    def request(self) -> dict[str, Any]:
        """What ingest is asked for."""
        return {
            "owner": self.owner,
            "scopes": list(self.scopes),
            "bucket": self.bucket or None,
            "prefix": self.prefix,
            "days": int(self.days) if self.days else None,
        }


@dataclass(frozen=True, slots=True)
class Listed:
    """A key in the list."""

    key_id: str
    owner: str
    scopes: tuple[str, ...]
    """In words where there are some."""
    place: str
    """What it is good for; empty: every bucket."""
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    expired: bool
    own: bool
    """Whether whoever looks at it is signed in with it."""


def listed(key: Key, now: datetime, own_id: str) -> Listed:
    """Return a key as the page lists it.

    Args:
        key: as ingest tells of it.
        now: with a time zone.
        own_id: of the key that its reader is signed in with.
    """
    return Listed(
        key_id=key["key_id"],
        owner=key["owner"],
        scopes=allowed(key),
        place=place(key),
        created_at=key["created_at"],
        expires_at=key["expires_at"],
        last_used_at=key["last_used_at"],
        expired=key["expires_at"] is not None and datetime.fromisoformat(key["expires_at"]) <= now,
        own=key["key_id"] == own_id,
    )


def allowed(key: Key) -> tuple[str, ...]:
    """Return what a key allows, in words, in the order of the form; a scope without words as it is."""
    scopes = key["scopes"]
    return (*(words for scope, words in WORDS.items() if scope in scopes), *(s for s in scopes if s not in WORDS))


def place(key: Key) -> str:
    """Return what a key is good for: ``bucket/prefix…``; empty if for every bucket."""
    if not key["bucket"]:
        return f"{key['prefix']}…" if key["prefix"] else ""
    return f"{key['bucket']}/{key['prefix']}…" if key["prefix"] else str(key["bucket"])


def example(key: Key, origin: str, pictures_bucket: str) -> str:
    """Return a command that uses a key, which the variable ``ONLOOKER_KEY`` has.

    Args:
        key: as ingest tells of it.
        origin: where the services answer, ``https://host``.
        pictures_bucket: where pictures go that the key binds to no other bucket.
    """
    may = {"admin", *key["scopes"]} if "admin" not in key["scopes"] else set(WORDS)
    options, path = "", "/about"
    if "images:write" in may:
        options = "-T picture.jpg "
        path = f"/v1/{key['bucket'] or pictures_bucket}/{quote(key['prefix'])}picture.jpg"
    elif "tags:read" in may:
        path = "/tags/images?q=dog"
    elif "images:read" in may:
        path = "/v1/"
    return f'curl {options}-H "Authorization: Bearer $ONLOOKER_KEY" {shlex.quote(origin + path)}'
