"""Every service's README tells each of its settings, with the default that it really has; the CLI's, each command."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import typer
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from onlooker.__main__ import app
from onlooker_shared.settings import ServerSettings

SERVICES = ("ingest", "recognizer", "annotator", "tagger", "notifier", "console")
REPOSITORY = Path(__file__).parents[2]
ROOT = REPOSITORY / "services"


def told(service: str) -> dict[str, str]:
    """The rows of the README's tables by the name in their first cell, without prefix: what the second cell says."""
    rows = re.findall(
        r"^\| `([A-Z0-9_]+)`[^|]* \| ([^|]*) \|", (ROOT / service / "README.md").read_text(), re.MULTILINE
    )
    return {name.removeprefix(f"ONLOOKER_{service.upper()}_"): default.strip(" `") for name, default in rows}


def had(service: str) -> dict[str, str]:
    """The service's own settings by their names: their defaults, as a README writes them."""
    module = import_module(f"onlooker_{service}.settings")
    (settings,) = (
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseSettings) and each.__module__ == module.__name__
    )
    return {
        name.upper(): written(field.default)
        for name, field in settings.model_fields.items()
        if name not in ServerSettings.model_fields
    }


def written(default: object) -> str:
    if default is None or default == () or default is PydanticUndefined:
        return "none"
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


@pytest.mark.parametrize("service", SERVICES)
def test_a_readme_tells_every_setting_and_its_default(service: str) -> None:
    in_readme = told(service)
    assert {name: in_readme.get(name) for name in had(service)} == had(service)


@pytest.mark.parametrize("service", SERVICES)
def test_a_readme_tells_no_setting_that_does_not_exist(service: str) -> None:
    text = (ROOT / service / "README.md").read_text()
    own = {name.upper() for name in ServerSettings.model_fields} | had(service).keys()
    assert set(re.findall(rf"`ONLOOKER_{service.upper()}_([A-Z0-9_]+)`", text)) <= own


def test_the_first_page_names_every_command() -> None:
    text = (REPOSITORY / "README.md").read_text()
    (listed,) = re.findall(r"`onlooker --help` lists the commands: (.*?)\.\n", text, re.DOTALL)
    assert set(re.findall(r"`([a-z-]+)`", listed)) == set(typer.main.get_group(app).commands)


def test_the_command_lines_readme_tells_every_command() -> None:
    text = (REPOSITORY / "cli" / "README.md").read_text()
    first_cells = " ".join(re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE))
    assert set(typer.main.get_group(app).commands) <= set(re.findall(r"`([a-z-]+)[^`]*`", first_cells))
