"""Which person somebody means: by their id, or by their name."""

import re
from typing import Annotated, Any

import typer

from onlooker import words
from onlooker.client import NOT_FOUND, ApiError, OnlookerClient
from onlooker_shared.errors import ConfigurationError

PAGE = 200
"""People asked for at once."""
PERSON_ID = re.compile("[0-9a-f]{32}")

Person = dict[str, Any]
"""What the API tells of a person."""

Who = Annotated[str, typer.Argument(metavar="NAME|ID", help="A name, or the id of one of several of that name.")]


async def find(client: OnlookerClient, who: str) -> Person:
    """Return a person by their id, or by their name, in any case of letters.

    Raises:
        ApiError: there is nobody.
        ConfigurationError: several are called so; the text tells their ids.
    """
    if PERSON_ID.fullmatch(who):
        return await client.person(who)
    found = [person for person in await listed(client, {"q": who}) if _same(person["name"], who)]
    if not found:
        raise ApiError(NOT_FOUND, f"Nobody is called '{who}'; `onlooker people` lists who is known.")
    if len(found) > 1:
        told = "\n".join(f"  {person['person_id']}  {in_short(person)}" for person in found)
        raise ConfigurationError(f"{len(found)} people are called {who}. Name one by id:\n{told}")
    return found[0]


async def listed(client: OnlookerClient, asked: dict[str, str]) -> list[Person]:
    """Return all people who are asked for."""
    found: list[Person] = []
    place: dict[str, str] = {}
    while True:
        page = await client.people({**asked, "limit": PAGE, **place})
        found += page["people"]
        if page["cursor"] is None:
            return found
        place = {"cursor": page["cursor"]}


def in_short(person: Person) -> str:
    """Return what tells somebody from another one of that name: ``2 faces, last seen 2026-11-21 14:05``."""
    return f"{words.many(person['faces'], 'face')}, last seen {seen(person)}"


def seen(person: Person) -> str:
    """Return when somebody was seen last."""
    return words.minute(person["last_seen"]) if person["last_seen"] else "never"


def _same(name: str, other: str) -> bool:
    return " ".join(name.split()).casefold() == " ".join(other.split()).casefold()
