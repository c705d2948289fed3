"""`onlooker up`: everything on this machine, until Ctrl-C."""

import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from onlooker import terminal
from onlooker.commands.options import Data
from onlooker.datafolder import DataFolder, Running
from onlooker.installed import require_embedded
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry import export, logs

FEATURES = "ONLOOKER_RECOGNIZER_FEATURES"
"""The recognizer's setting, which it reads from the environment wherever it runs."""
FREE = "faces,people,labels,moderation,properties"
"""What is looked for by default here, where no call costs money: all but text, which takes a second for a picture."""


def up(
    data: Data = None,
    port: Annotated[int, typer.Option(help="Of the HTTP APIs; 0 for any.")] = 8080,
    emulator_port: Annotated[int, typer.Option(help="Of the AWS emulator; 0 for any.")] = 4566,
    rekognition_port: Annotated[int, typer.Option(help="Of the local Rekognition server; 0 for any.")] = 4567,
    features: Annotated[
        str,
        typer.Option(
            envvar=FEATURES,
            help="What is looked for in pictures, of faces, people, labels, text, moderation and properties (colours). "
            "Text takes a second of processor time for each picture.",
        ),
    ] = FREE,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log all, not only warnings.")] = False,
) -> None:
    """Run all of Onlooker on this machine: no Docker, no AWS account, nothing leaves it. Ctrl-C stops it in order."""
    require_embedded("up")
    import uvloop  # noqa: PLC0415 - of the extra `embedded`, without which the other commands work

    from onlooker.stack.embedded import Ports, run_stack  # noqa: PLC0415 - likewise
    from onlooker_recognizer.settings import RecognizerSettings  # noqa: PLC0415 - likewise

    os.environ[FEATURES] = features
    RecognizerSettings()  # refuses what is wrong before anything starts
    people = sys.stderr.isatty()
    settings = CommonSettings().model_copy(
        update={"log_level": "INFO" if verbose else "WARNING", "log_format": "console" if people else "json"}
    )
    logs.configure(settings, "onlooker")
    export.configure("onlooker")
    folder = DataFolder.chosen(data)
    console = terminal.output()
    uvloop.run(
        run_stack(folder, Ports(port, emulator_port, rekognition_port), lambda running: _say(console, folder, running))
    )


def _say(console: Console, folder: DataFolder, running: Running) -> None:
    console.print(
        f"Onlooker is ready: {running.url}\n"
        f"  console          {running.url}/console  (sign in with what `onlooker key` prints)\n"
        f"  API              {running.url}/docs\n"
        f"  AWS emulator     {running.emulator_url}\n"
        f"  Rekognition      {running.rekognition_url}  (any AWS client: --endpoint-url)\n"
        f"  access key       {folder.admin_key}\n"
        f"  data             {folder.root}\n"
        "Try: onlooker upload FOLDER --wait. Stop with Ctrl-C.",
        soft_wrap=True,
    )
    sys.stdout.flush()
