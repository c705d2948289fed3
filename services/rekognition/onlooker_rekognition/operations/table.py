"""The README's table of all operations: written from the code, so that it can not promise what is not there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from onlooker_rekognition.operations.registry import OFFERED
from onlooker_rekognition.operations.withheld import WITHHELD

_BEGIN = "<!-- operations: written by `make tables` -->\n"
_END = "<!-- end of operations -->\n"


def operations_table(names: Iterable[str]) -> str:
    """A Markdown table of the operations `names`: first those offered, in the registry's order, then the others."""
    offered = [_row(name, "yes", offer.note) for name, offer in OFFERED.items()]
    others = [_row(name, "no", WITHHELD.get(name, "")) for name in sorted(set(names) - OFFERED.keys())]
    return "".join(["| Operation | Offered | Notes |\n", "| --- | --- | --- |\n", *offered, *others])


def with_table(document: str, table: str) -> str:
    """`document` with what stands between its markers replaced by `table`. Raises ValueError without markers."""
    head, begin, rest = document.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"the document needs the lines {_BEGIN.strip()} and {_END.strip()}")
    return f"{head}{begin}\n{table}\n{end}{tail}"


def write_table(readme: Path, names: Iterable[str]) -> None:
    """Bring the table in the file `readme` up to date."""
    document = readme.read_text(encoding="utf-8")
    readme.write_text(with_table(document, operations_table(names)), encoding="utf-8")


def _row(name: str, offered: str, note: str) -> str:
    return f"| `{name}` | {offered} | {note} |\n".replace("|  |", "| |")
