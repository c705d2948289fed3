"""The `onlooker` command: its commands are put together here, and their errors become a line and an exit code."""

import os
import sys

import typer

from onlooker import proxies, terminal
from onlooker.commands import (
    again,
    alerts,
    costs,
    delete,
    demo,
    doctor,
    enrol,
    erase,
    export,
    key,
    keys,
    people,
    profiles,
    queues,
    search,
    show,
    stats,
    sweep,
    trace,
    up,
    upload,
    who,
)
from onlooker.datalock import EX_BUSY, DataFolderBusyError
from onlooker_shared.errors import OnlookerError, SettingsError

EX_FAILED = 1

app = typer.Typer(
    name="onlooker",
    help="People, emotions and labels in your pictures: all of Onlooker on one machine, and a client for it anywhere.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.command()(key.key)
app.add_typer(keys.app, name="keys")
app.command()(upload.upload)
app.command()(show.show)
app.command()(trace.trace)
app.command()(delete.delete)
app.command()(again.again)
app.command()(search.search)
app.command()(stats.stats)
app.command()(costs.costs)
app.add_typer(alerts.app, name="alerts")
app.command()(enrol.enrol)
people.app.command()(profiles.import_profiles)
app.add_typer(people.app, name="people")
app.command()(who.who)
app.command()(erase.erase)
app.command()(export.export)
app.command()(queues.queues)
app.command()(queues.redrive)
app.command()(sweep.sweep)
app.command()(doctor.doctor)
app.command()(demo.demo)


def main() -> None:
    """Run the command line; the exit codes are those that its README lists."""
    os.environ.update(proxies.spared(os.environ))
    try:
        app(prog_name="onlooker")
    except OnlookerError as error:
        terminal.messages().print(str(error), style="red", soft_wrap=True)  # a path is to be copied whole
        sys.exit(_exit_code(error))


def _exit_code(error: OnlookerError) -> int:
    match error:
        case DataFolderBusyError():
            return EX_BUSY
        case SettingsError():
            return os.EX_CONFIG
        case _:
            return EX_FAILED


if __name__ == "__main__":
    main()
