"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder; ONLOOKER_DATA, else the user's own, if not given.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs in place of a table for people.")]
Patience = Annotated[float, typer.Option(help="Seconds without progress after which --wait gives up.")]
