"""`onlooker erase`: somebody is known no more, and a receipt says what was removed where."""

import time
from typing import Annotated, Any

import typer

from onlooker import terminal, words
from onlooker.client import FORBIDDEN, ApiError, OnlookerClient
from onlooker.commands import receipt as receipts
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker.commands.receipt import Receipt
from onlooker.commands.which_person import PERSON_ID, Who, find
from onlooker.waiting import until


def erase(
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Wait for the second look, about a minute later, and ask the search index, too."),
    ] = False,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds after which it shows the receipt as far as it is.")
    ] = 600.0,
    data: Data = None,
    json: Json = False,
) -> None:
    """Erase a person: all that is stored of them goes, and pictures name them no more. It cannot be undone.

    An id of somebody who was erased shows the receipt again. Exits 1 if something tells of them still.
    """
    receipt = ask(data, lambda client: _erase(client, who, sure=yes, prove=prove, patience=patience))
    if json:
        terminal.output().print_json(data=receipt)
    else:
        receipts.show(terminal.output(), receipt)
    if not receipts.is_done(receipt, proved=prove):
        raise typer.Exit(1)


async def _erase(client: OnlookerClient, who: str, *, sure: bool, prove: bool, patience: float) -> Receipt:
    """Have somebody erased, once somebody agreed, and return the receipt when it is done, or patience is over."""
    receipt = await client.erasure(who) if PERSON_ID.fullmatch(who) else None
    if receipt is None:
        person = await find(client, who)
        if not sure:
            _ask(person)
        receipt = await client.erase(person["person_id"])
        said = "It goes on by itself from here, whatever becomes of this command. The receipt, at any time:"
        terminal.messages().print(f"{said} onlooker erase {receipt['erasure_id']}", soft_wrap=True)
    with terminal.working("waiting for the second look, about a minute" if prove else "erasing"):
        last = await _followed(client, receipt, time.monotonic() + patience, prove=prove)
    return last | {"index": await _in_index(client, last["erasure_id"])} if prove else last


async def _followed(client: OnlookerClient, receipt: Receipt, deadline: float, *, prove: bool) -> Receipt:
    """Return the receipt when it says what is waited for, or the last one before the deadline."""
    last = receipt

    async def look() -> Receipt | None:
        nonlocal last
        last = await client.erasure(receipt["erasure_id"]) or last
        return last if receipts.is_over(last, proved=prove) else None

    await until(deadline, look)
    return last


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
