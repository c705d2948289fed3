"""`onlooker doctor`: what is wrong and how to mend it."""

import asyncio
import dataclasses
from collections.abc import Sequence

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from onlooker import terminal
from onlooker.commands.options import Data, Json
from onlooker.datafolder import DataFolder
from onlooker.diagnosis import Finding, diagnose
from onlooker.target import Target


def doctor(data: Data = None, json: Json = False) -> None:
    """Check this machine and the installation on it. Exits 1 if something is wrong."""
    findings = asyncio.run(diagnose(Target(DataFolder.chosen(data))))
    if json:
        terminal.output().print_json(data=[dataclasses.asdict(finding) for finding in findings])
    else:
        terminal.output().print(_table_of(findings))
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def _table_of(findings: Sequence[Finding]) -> Table:
    table = Table("", "check", box=box.SIMPLE_HEAD)
    table.add_column("found", overflow="fold")
    table.add_column("to mend it", overflow="fold")
    for finding in findings:
        mark = Text("ok", "green") if finding.well else Text("wrong", "red")
        table.add_row(mark, finding.check, finding.found, finding.remedy)
    return table
