"""`onlooker enrol`: pictures of people, by whom they are told in other pictures from then on."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker.enrolling import Enrolled, Wanted, enrol_all, of_files, of_folder
from onlooker.pictures import readable
from onlooker_shared.errors import ConfigurationError


def enrol(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="What the person is called.", show_default=False)
    ] = None,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PICTURES", exists=True, help="Pictures of them alone.", show_default=False),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Many people: it has a folder for each, called as they are."),
    ] = None,
    person_id: Annotated[
        str | None, typer.Option("--id", help="Of several of that name, the one with this id.")
    ] = None,
    another: Annotated[bool, typer.Option("--another", help="Somebody else who is called so, too.")] = False,
    even_if_known: Annotated[
        bool, typer.Option("--even-if-known", help="Also faces by which somebody else is told already.")
    ] = False,
    consent_by: Annotated[
        str | None, typer.Option(help="Who agreed that they are known: they, or who may speak for them.")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="What they agreed to.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Have somebody told by name in pictures that come from now on. Exits 1 if a picture was refused.

    If somebody is called so already, the faces become theirs.
    """
    consent = consent_of(consent_by, purpose)
    wanted = _wanted(name, paths or [], folder, person_id, another=another)
    people = [dataclasses.replace(each, consent=consent) for each in wanted]
    results = ask(data, lambda client: _enrol(client, people, even_if_known=even_if_known))
    console = terminal.output()
    if json:
        console.print_json(data=[_as_json(result) for result in results])
    else:
        console.print(table_of(results))
        console.print(summary(results))
    if any(result.stage == "refused" for result in results):
        raise typer.Exit(1)


def _wanted(
    name: str | None, paths: Sequence[Path], folder: Path | None, person_id: str | None, *, another: bool
) -> list[Wanted]:
    if folder is not None:
        if name or person_id or another:
            raise typer.BadParameter("--folder names everybody itself; give it alone.")
        return of_folder(folder)
    if name is None or not paths:
        raise typer.BadParameter("Give a name and pictures, or --folder.")
    if person_id and another:
        raise typer.BadParameter("--id is somebody who is known, --another is somebody who is not; give one of them.")
    return [of_files(name, paths, person_id=person_id, another=another)]


def consent_of(given_by: str | None, purpose: str | None) -> dict[str, str] | None:
    """Return a consent as it is sent; None where none is given. Raises BadParameter if half of it is missing."""
    if given_by and purpose:
        return {"given_by": given_by, "purpose": purpose}
    if given_by or purpose:
        raise typer.BadParameter("A consent needs both, --consent-by and --purpose.")
    return None


async def _enrol(client: OnlookerClient, people: Sequence[Wanted], *, even_if_known: bool) -> list[Enrolled]:
    for wanted in people:
        if wanted.person_id:
            await _see_who(client, wanted.person_id, wanted.name)
    return await send(client, people, even_if_known=even_if_known)


async def _see_who(client: OnlookerClient, person_id: str, name: str) -> None:
    """Return if a person has a name. Raises ConfigurationError if they have another: it may be the wrong id."""
    called = (await client.person(person_id))["name"]
    if called.casefold() != name.casefold():
        raise ConfigurationError(f"{person_id} is {called}. For another name: onlooker people rename {person_id} ...")


async def send(client: OnlookerClient, people: Sequence[Wanted], *, even_if_known: bool = False) -> list[Enrolled]:
    """Enrol people, with progress on standard error; returns what became of each picture."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal.messages()) as progress:
        enrolling = progress.add_task("enrolling", total=sum(len(wanted.pictures) for wanted in people))
        return await enrol_all(
            client, people, even_if_known=even_if_known, settled=lambda _: progress.advance(enrolling)
        )


def table_of(results: Sequence[Enrolled]) -> Table:
    """Return a table of what became of pictures."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("person", overflow="fold")
    table.add_column("picture", overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column("why", overflow="fold")
    before = None
    for result in results:
        why = "they have this face already" if result.stage == "known" else result.detail or ""
        cells = (readable(result.path.name), result.stage, why)
        style = "red" if result.stage == "refused" else ""
        table.add_row("" if result.name == before else result.name, *cells, style=style)
        before = result.name
    return table


def summary(results: Sequence[Enrolled]) -> str:
    """Return what became of pictures in a sentence: ``2 people: 5 pictures taken, 1 refused``."""
    people = len({result.person_id for result in results if result.person_id})
    stages = [result.stage for result in results]
    counted = ", ".join(f"{stages.count(stage)} {stage}" for stage in dict.fromkeys(stages))
    return f"{words.people(people)}; {words.many(len(results), 'picture')}: {counted}"


def _as_json(result: Enrolled) -> dict[str, object]:
    return {**dataclasses.asdict(result), "path": readable(str(result.path))}
