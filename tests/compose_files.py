"""The compose files as data: docker-compose.yml and each of infra/compose, with the marks `!reset` and `!override`."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
BASE = ROOT / "docker-compose.yml"
OVERRIDES = sorted((ROOT / "infra/compose").glob("*.yml"))
OURS = re.compile(r"onlooker/(?P<name>[a-z]+)(-gpu)?:\$\{ONLOOKER_TAG:-latest\}")


RESET = object()
"""What stands where a file takes something away."""


class _Loader(yaml.SafeLoader):
    """Reads what is marked as what it is."""


def _marked(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return RESET


_Loader.add_constructor("!reset", _marked)
_Loader.add_constructor("!override", _marked)


def read(path: Path) -> dict[str, Any]:
    """Return a compose file's content, its merge keys merged."""
    return yaml.load(path.read_text(), _Loader)


def services(path: Path) -> dict[str, dict[str, Any]]:
    """Return what a file says of each service; what it takes away is not there."""
    return {name: service for name, service in read(path)["services"].items() if service is not RESET}


def image_of(service: dict[str, Any]) -> str | None:
    """Return which of our images a service is made of, or None."""
    ours = OURS.fullmatch(service.get("image", ""))
    return ours["name"] if ours else None


def variables(path: Path) -> set[str]:
    """Return the variables that a file takes from whoever runs it: in `${}`, or as entries without a value."""
    without_value = {
        name
        for service in services(path).values()
        for name, value in (service.get("environment") or {}).items()
        if value is None
    }
    return without_value | set(re.findall(r"\$\{(\w+)", path.read_text()))
