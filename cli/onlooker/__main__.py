"""The `onlooker` command: its commands are put together here, and their errors become a line and an exit code."""

import sys

import typer
from rich.console import Console

from onlooker.commands import demo, doctor, queues, search, show, stats, sweep, up, upload
from onlooker.datalock import EX_BUSY, DataFolderBusyError
from onlooker_shared.errors import OnlookerError

EX_FAILED = 1

app = typer.Typer(
    name="onlooker",
    help="Faces, emotions and labels from your pictures: all of Onlooker on one machine, and a client for it anywhere.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.command()(upload.upload)
app.command()(show.show)
app.command()(search.search)
app.command()(stats.stats)
app.command()(queues.queues)
app.command()(queues.redrive)
app.command()(sweep.sweep)
app.command()(doctor.doctor)
app.command()(demo.demo)


def main() -> None:
    """Run the command line; exits 1 if something was refused or failed, 2 on wrong usage, 75 if the data is in use."""
    errors = Console(stderr=True)
    try:
        app()
    except DataFolderBusyError as error:
        _say(errors, error)
        sys.exit(EX_BUSY)
    except OnlookerError as error:
        _say(errors, error)
        sys.exit(EX_FAILED)


def _say(errors: Console, error: OnlookerError) -> None:
    errors.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)  # a path is to be copied whole


if __name__ == "__main__":
    main()
