"""Names of strangers on the terminal."""

import pytest
from rich.table import Table

from onlooker import terminal


def test_neither_markup_nor_escape_sequences_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    name = "odd[/x]\x1b]0;owned\x07\x9b2J:smile:.jpg"
    table = Table("picture")
    table.add_row(name)
    terminal.output().print(name)
    terminal.output().print(table)
    printed = capsys.readouterr().out
    assert printed.count("odd[/x]\ufffd]0;owned\ufffd\ufffd2J:smile:.jpg") == 2
