"""The README's tables against the code."""

import re
from pathlib import Path

import pytest

import onlooker_rekognition
from onlooker_rekognition.operations.registry import OFFERED
from onlooker_rekognition.operations.table import operations_table, with_table
from onlooker_rekognition.operations.withheld import WITHHELD
from onlooker_rekognition.protocol.model import load_service
from onlooker_rekognition.settings import Settings

OPERATIONS = load_service().operations
README = (Path(onlooker_rekognition.__file__).parent.parent / "README.md").read_text()


def test_the_table_of_operations_is_that_of_the_code() -> None:
    assert with_table(README, operations_table(OPERATIONS)) == README, "run `make tables`"


def test_the_table_names_every_operation_once() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \|", operations_table(OPERATIONS), re.MULTILINE)
    assert len(rows) == len(OPERATIONS)
    assert dict(rows) == {name: "yes" if name in OFFERED else "no" for name in OPERATIONS}


def test_what_is_withheld_for_a_reason_exists_and_is_not_offered() -> None:
    assert WITHHELD.keys() <= OPERATIONS.keys() - OFFERED.keys()


def test_a_document_without_markers_is_not_touched() -> None:
    with pytest.raises(ValueError, match="end of operations"):
        with_table("# A page\n", "table")


def test_every_setting_is_in_the_table_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "XDG_DATA_HOME", "XDG_CACHE_HOME", "ONLOOKER_REKOGNITION_MODELS"):
        monkeypatch.delenv(name, raising=False)
    table = dict(re.findall(r"^\| `ONLOOKER_REKOGNITION_(\w+)` \| ([^|]*) \|", README, re.MULTILINE))
    settings = Settings()
    assert set(table) == {name.upper() for name in Settings.model_fields}
    for name, default in table.items():
        value = getattr(settings, name.lower())
        if value is None:
            assert default == "none"
        elif isinstance(value, bool):
            assert default == f"`{str(value).lower()}`"
        elif isinstance(value, Path):
            assert default == f"`~/{value.relative_to(Path.home())}`"
        elif name == "WORKERS":
            assert default == "number of cores"
        else:
            assert f"`{value:g}`" == default if isinstance(value, float) else f"`{value}`" in default
