"""`onlooker erase`: somebody is known no more, and a receipt says what was removed where."""

import asyncio
from typing import Annotated, Any

import typer

from onlooker import terminal, words
from onlooker.client import FORBIDDEN, ApiError, OnlookerClient
from onlooker.commands import receipt as receipts
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker.commands.people import PERSON_ID, Who, find
from onlooker.commands.receipt import PROVED, Receipt

LOOK_EVERY = 0.5
"""Seconds between two looks at how far it is."""


def erase(
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Wait for the second look, about a minute later, and ask the search index, too."),
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Erase a person: all that is stored of them goes, and pictures name them no more. It cannot be undone.

    An id of somebody who was erased shows the receipt again. Exits 1 if anything tells of them still.
    """
    receipt = ask(data, lambda client: _erase(client, who, sure=yes, prove=prove))
    if json:
        terminal.output().print_json(data=receipt)
    else:
        receipts.show(terminal.output(), receipt)
    if receipts.left(receipt):
        raise typer.Exit(1)


async def _erase(client: OnlookerClient, who: str, *, sure: bool, prove: bool) -> Receipt:
    """Have somebody erased, once somebody agreed, and return the receipt when it is done."""
    receipt = await client.erasure(who) if PERSON_ID.fullmatch(who) else None
    if receipt is None:
        person = await find(client, who)
        if not sure:
            _ask(person)
        receipt = await client.erase(person["person_id"])
        said = "It goes on by itself from here, whatever becomes of this command. The receipt, at any time:"
        terminal.messages().print(f"{said} onlooker erase {receipt['erasure_id']}", soft_wrap=True)
    with terminal.working("waiting for the second look, about a minute" if prove else "erasing"):
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
