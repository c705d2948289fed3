"""`onlooker erase`: somebody is known no more, and a receipt says what was removed where."""

import asyncio
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import ApiError, OnlookerClient
from onlooker.commands.options import Data, Json
from onlooker.commands.people import PERSON_ID, Who, find
from onlooker.datafolder import DataFolder
from onlooker.target import Target

LOOK_EVERY = 0.5
"""Seconds between two looks at how far it is."""
PROVED = "proved"
FORBIDDEN = 403
NOT_ASKED = -1
PLACES = {
    "people": "records of the person",
    "faces": "records of faces",
    "profiles": "profiles",
    "sightings": "sightings",
    "collection_faces": "faces in Rekognition's collection",
    "crops": "pictures of faces",
    "faces_bucket": "objects in the faces bucket",
    "results": "pictures that told of them",
    "pictures": "pictures deleted",
    "alerts": "alerts about those pictures",
    "old_versions": "earlier versions in S3",
    "consents": "consents",
    "attendance": "entries of attendance",
}
"""What the receipt counts, in words."""

Receipt = dict[str, Any]


def erase(
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    prove: Annotated[bool, typer.Option("--prove", help="Wait for the second look, about a minute later.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Erase a person: all that is stored of them goes, and pictures name them no more. It cannot be undone.

    An id of somebody who was erased shows the receipt again.
    """
    receipt = asyncio.run(_erase(Target(DataFolder.chosen(data)), who, ask=not yes, prove=prove))
    if json:
        terminal.output().print_json(data=receipt)
    else:
        _print(terminal.output(), receipt)


async def _erase(target: Target, who: str, *, ask: bool, prove: bool) -> Receipt:
    """Have somebody erased, once somebody agreed, and return the receipt when it is done."""
    async with target.client() as client:
        receipt = await client.erasure(who) if PERSON_ID.fullmatch(who) else None
        if receipt is None:
            person = await find(client, who)
            if ask:
                _ask(person)
            receipt = await client.erase(person["person_id"])
        done = await _done(client, receipt["erasure_id"], prove=prove)
        return done | {"index": await _in_index(client, done["erasure_id"])} if prove else done


async def _done(client: OnlookerClient, erasure_id: str, *, prove: bool) -> Receipt:
    enough = {PROVED} if prove else {PROVED, "erased"}
    while True:
        receipt = await client.erasure(erasure_id)
        if receipt is not None and receipt["state"] in enough:
            return receipt
        await asyncio.sleep(LOOK_EVERY)


async def _in_index(client: OnlookerClient, person_id: str) -> int | None:
    """Return in how many pictures the search index tells of somebody; None if this access key may not ask it.

    The recognizer, whose proof it is, does not see the index.
    """
    try:
        return int((await client.statistics({"person_id": person_id}))["total"])
    except ApiError as error:
        if error.status != FORBIDDEN:
            raise
        return None


def _ask(person: dict[str, Any]) -> None:
    """Return if somebody agrees; end the command if not."""
    known = f"{words.many(person['faces'], 'face')}, {words.many(person['sightings'], 'sighting')}"
    question = f"Erase {person['name']} ({known})? This cannot be undone."
    typer.confirm(question.translate(terminal.CONTROLS), abort=True, err=True)


def _print(console: Console, receipt: Receipt) -> None:
    table = Table("removed", "", box=box.SIMPLE_HEAD)
    for place, count in receipt["removed"].items():
        if count:
            table.add_row(PLACES.get(place, place), f"{count:,}")
    console.print(table)
    proof = receipt["proof"]
    looked_at, found = sum(proof["looked_at"].values()), sum(proof["found"].values())
    console.print(
        f"{looked_at:,} items and objects were looked at afterwards: {found} tell of them. "
        f"Of {words.many(proof['searched'], 'face')} that was searched by, {proof['recognized']} found them.",
        soft_wrap=True,
    )
    if receipt["state"] == PROVED:
        console.print(f"Looked again {words.minute(receipt['proved_at'])} (UTC), when all that was in work had ended.")
    else:
        console.print("It is looked once more in a minute, when all that is in work has ended.")
    if (index := receipt.get("index", NOT_ASKED)) is None:
        console.print("The search index was not asked: this access key lacks the scope tags:read.")
    elif index != NOT_ASKED:
        console.print(f"The search index tells of them in {words.many(index, 'picture')}.")
    console.print(f"Receipt: onlooker erase {receipt['erasure_id']}, or GET /people/erasures/{receipt['erasure_id']}")
