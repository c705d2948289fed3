"""`onlooker doctor`: what is wrong and how to mend it."""

import asyncio

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from onlooker.commands.options import Data
from onlooker.datafolder import DataFolder
from onlooker.diagnosis import diagnose
from onlooker.target import Target


def doctor(data: Data = None) -> None:
    """Check this machine and the installation on it. Exits 1 if something is wrong."""
    findings = asyncio.run(diagnose(Target(DataFolder.chosen(data))))
    table = Table("", "check", "found", "to mend it", box=box.SIMPLE_HEAD)
    for finding in findings:
        mark = "[green]ok[/]" if finding.well else "[red]wrong[/]"
        table.add_row(mark, finding.check, finding.found, finding.remedy)
    Console().print(table)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)
