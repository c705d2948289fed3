"""`onlooker export`: everything that is stored of a person, in a zip."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from onlooker import terminal
from onlooker.client import OnlookerClient
from onlooker.commands.asking import ask
from onlooker.commands.options import Data
from onlooker.commands.which_person import Who, find
from onlooker_shared.errors import ConfigurationError


def export(
    who: Who,
    into: Annotated[Path | None, typer.Argument(help="The zip; the person's id with `.zip` if not given.")] = None,
    data: Data = None,
) -> None:
    """Write everything that is stored of a person to a zip that only you can read."""
    with terminal.working("collecting what is stored"):
        path = ask(data, lambda client: _export(client, who, into))
    terminal.output().print(f"{path} has everything that is stored of them", soft_wrap=True)


async def _export(client: OnlookerClient, who: str, into: Path | None) -> Path:
    """Write the zip and return where it is.

    Raises:
        ConfigurationError: there is a file already, or it cannot be written.
    """
    person_id = (await find(client, who))["person_id"]
    content = await client.export(person_id)
    path = into or Path(f"{person_id}.zip")
    try:
        await asyncio.to_thread(_write, path, content)
    except FileExistsError as error:
        raise ConfigurationError(f"{path} is there already; name another file, or remove it.") from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
