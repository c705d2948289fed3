"""`onlooker who`: who is in a picture, of which nothing is kept."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from onlooker import terminal, words
from onlooker.client import OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data, Json
from onlooker_shared.errors import ConfigurationError


def who(
    picture: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A picture; nothing is kept of it.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Say who is in a picture, without sending it into the pipeline."""
    found = ask(data, lambda client: _who(client, picture))
    console = terminal.output()
    if json:
        console.print_json(data=found)
    elif not found["faces"]:
        console.print("No face can be seen.")
    else:
        console.print(table_of(found["faces"]))
        if not all(face["looked_up"] for face in found["faces"]):
            console.print(
                "What is too small, too dark or too blurred is not looked up; nothing is while nobody is known."
            )


async def _who(client: OnlookerClient, picture: Path) -> dict[str, Any]:
    try:
        return await client.identify(picture)
    except OSError as error:
        raise ConfigurationError(f"{picture} cannot be read: {error.strerror}.") from error


def table_of(faces: list[dict[str, Any]]) -> Table:
    """Return a table of the faces of a picture, largest first."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("face", no_wrap=True)
    table.add_column("who", overflow="fold")
    table.add_column("perhaps", overflow="fold")
    table.add_column("where", no_wrap=True)
    for number, face in enumerate(faces, start=1):
        perhaps = ", ".join(words.likeness(each) for each in face["candidates"])
        table.add_row(str(number), _who_it_is(face), perhaps, _place(face["bounding_box"]))
    return table


def _who_it_is(face: dict[str, Any]) -> str:
    if not face["looked_up"]:
        return "not looked up"
    return words.likeness(face["person"]) if face["person"] else "nobody who is known"


def _place(box_of_face: dict[str, float]) -> str:
    """Return where the middle of a face is: ``40 % from the left, 20 % from the top``."""
    across = box_of_face["left"] + box_of_face["width"] / 2
    down = box_of_face["top"] + box_of_face["height"] / 2
    return f"{across:.0%} from the left, {down:.0%} from the top"
