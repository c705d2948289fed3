"""`onlooker people`: who is known, and who was only seen; by which faces, and where."""

import asyncio
from collections import Counter
from typing import Annotated, Any, Literal

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import ApiError, OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker.commands.which_person import PAGE, Person, Who, find, in_short, listed, seen
from onlooker_shared.errors import ConfigurationError

SEEN = 20
"""Pictures of a person that are shown, unless somebody wants more."""

Order = Literal["name", "last_seen", "sightings"]

app = typer.Typer(help="People: who is known, by which faces, and where they were seen.")


@app.callback(invoke_without_command=True)
def people(
    context: typer.Context,
    unknown: Annotated[bool, typer.Option("--unknown", help="Only strangers who are remembered.")] = False,
    named: Annotated[str | None, typer.Option(help="Whose name, or external id, has this in it.")] = None,
    sort: Annotated[Order, typer.Option(help="By name, or those last, or most often, seen first.")] = "name",
    data: Data = None,
    json: Json = False,
) -> None:
    """List people."""
    if context.invoked_subcommand is not None:
        if unknown or named or sort != "name" or data is not None or json:
            raise typer.BadParameter(f"Options go behind it: onlooker people {context.invoked_subcommand} ...")
        return
    asked: dict[str, str] = {"sort": sort} | ({"state": "unknown"} if unknown else {}) | ({"q": named} if named else {})
    found = ask(data, lambda client: listed(client, asked))
    console = terminal.output()
    if json:
        console.print_json(data=found)
    elif not found:
        console.print(_nobody(unknown=unknown, named=named), soft_wrap=True)
    else:
        console.print(table_of(found))
        console.print(words.people(len(found)))


@app.command()
def show(
    who: Who,
    most: Annotated[int, typer.Option("--most", min=1, max=PAGE, help="Pictures of them at most.")] = SEEN,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show a person: by which faces they are told, and where they were seen last."""
    found = ask(data, lambda client: _show(client, who, most))
    if json:
        terminal.output().print_json(data=found)
    else:
        _print(terminal.output(), found)


@app.command()
def rename(
    who: Who,
    name: Annotated[str, typer.Argument(help="What they are called from now on.")],
    another: Annotated[bool, typer.Option("--another", help="Even if somebody else is called so.")] = False,
    data: Data = None,
) -> None:
    """Give a person another name, or a stranger their first: in the pictures of the past, too, some time later."""
    before, after = ask(data, lambda client: _rename(client, who, name, another=another))
    terminal.output().print(f"{before['name']} is {after['name']} from now on; pictures follow.", soft_wrap=True)


@app.command()
def merge(
    who: Who,
    into: Annotated[str, typer.Argument(metavar="INTO", help="Who they are: a name or an id.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Make two people one: the second stays, and has the faces and pictures of both, also in the past."""
    before, after = ask(data, lambda client: _merge(client, who, into, sure=yes))
    terminal.output().print(f"{before['name']} is {after['name']} from now on; pictures follow.", soft_wrap=True)


async def _show(client: OnlookerClient, who: str, most: int) -> Person:
    """Return a person with their faces and sightings."""
    person = await find(client, who)
    faces, seen = await asyncio.gather(client.faces(person["person_id"]), client.sightings(person["person_id"], most))
    return {"person": person, "faces": faces["faces"], "sightings": seen["sightings"]}


async def _rename(client: OnlookerClient, who: str, name: str, *, another: bool) -> tuple[Person, Person]:
    """Return a person as they were before and after."""
    person = await find(client, who)
    try:
        return person, await client.rename(person["person_id"], name, person["version"], another=another)
    except ApiError as error:
        if error.reason != "name_taken":
            raise
        raise ConfigurationError(
            f"Somebody is called {name} already, {error.problem['person_id']}. "
            "If this is another one of that name: --another."
        ) from error


async def _merge(client: OnlookerClient, who: str, into: str, *, sure: bool) -> tuple[Person, Person]:
    """Return who was merged, and into whom, once somebody agreed."""
    person, other = await find(client, who), await find(client, into)
    if person["person_id"] == other["person_id"]:
        raise ConfigurationError(f"Both are {other['name']}, {other['person_id']}.")
    if not sure:
        theirs, others = (f"{each['name']} ({in_short(each)})" for each in (person, other))
        question = f"Make {theirs} the same as {others}, called {other['name']}?"
        typer.confirm(question.translate(terminal.CONTROLS), abort=True, err=True)
    return person, await client.merge(person["person_id"], other["person_id"])


def _nobody(*, unknown: bool, named: str | None) -> str:
    """Return why nobody is listed, and what to do about it."""
    if named:
        return f"Nobody's name, or external id, has '{named}' in it."
    if unknown:
        return "No stranger is remembered. They are only where ONLOOKER_RECOGNIZER_UNKNOWN=remember says so."
    return "Nobody is known; see `onlooker enrol --help`."


def table_of(found: list[Person]) -> Table:
    """Return a table of people; of those with the same name it tells the ids."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("name", overflow="fold")
    table.add_column("state", no_wrap=True)
    table.add_column("faces", no_wrap=True, justify="right")
    table.add_column("sightings", no_wrap=True, justify="right")
    table.add_column("last seen (UTC)", no_wrap=True)
    called = Counter(person["name"].casefold() for person in found)
    for person in found:
        several = called[person["name"].casefold()] > 1
        name = f"{person['name']}\n{person['person_id']}" if several else person["name"]
        table.add_row(name, person["state"], f"{person['faces']:,}", f"{person['sightings']:,}", seen(person))
    return table


def _print(console: Console, found: Person) -> None:
    person = found["person"]
    console.print(person["name"], style="bold")
    console.print(f"id {person['person_id']}, {person['state']}, since {words.minute(person['created_at'])}")
    if person["merged_into"]:
        console.print(f"is the same as {person['merged_into']}, who has all that was theirs")
    for name, text in {"external id": person["external_id"], **person["attributes"]}.items():
        if text:
            console.print(f"{name}: {text}", soft_wrap=True)
    console.print(_faces(found["faces"]) if found["faces"] else "No faces: nobody is told by them.")
    if found["sightings"]:
        console.print(_sightings(found["sightings"]))
        console.print(f"{words.many(person['sightings'], 'sighting')} in all")
    else:
        console.print("Not seen in any picture yet.")


def _faces(found: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("face, added (UTC)", no_wrap=True)  # ids whole, as they are what names one
    table.add_column("from", overflow="fold")
    table.add_column("brightness", justify="right")
    table.add_column("sharpness", justify="right")
    for face in found:
        quality = ("" if face[each] is None else f"{face[each]:.0f}" for each in ("brightness", "sharpness"))
        named = f"{face['face_id']}\n{words.minute(face['added_at'])}"
        table.add_row(named, face["key"] or face["source"], *quality)
    return table


def _sightings(found: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("seen in", overflow="fold")
    table.add_column("alike", no_wrap=True, justify="right")
    table.add_column("uploaded (UTC)", no_wrap=True)
    for sighting in found:
        alike = "said so" if sighting["decided_by"] == "somebody" else f"{sighting['similarity']:.0f} %"
        table.add_row(f"{sighting['bucket']}/{sighting['key']}", alike, words.minute(sighting["seen_at"]))
    return table
