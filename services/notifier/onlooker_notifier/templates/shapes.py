"""What values templates have: of which kind, and what can be asked of them. Read off `names`, so that both agree."""

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints

from onlooker_notifier.templates.names import LoopNames, MessageNames, Says

Kind = Literal["text", "number", "truth", "texts", "things", "thing"]


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a value."""

    kind: Kind
    thing: type[Any] | None = None
    """What a thing is, or those in a list."""
    most: int = 0
    """How many there are in a list at most."""

    @property
    def element(self) -> "Shape":
        """Of what is in a list."""
        return TEXT if self.thing is None else Shape("thing", self.thing)

    @property
    def names(self) -> dict[str, "Shape"]:
        """What can be asked of a thing."""
        return {} if self.kind != "thing" or self.thing is None else names_of(self.thing)


TEXT, NUMBER, TRUTH = Shape("text"), Shape("number"), Shape("truth")
LOOP = Shape("thing", LoopNames)
PLAIN: dict[Any, Shape] = {str: TEXT, int: NUMBER, bool: TRUTH}


def names_of(thing: Any) -> dict[str, Shape]:
    """Return what can be asked of a thing."""
    return {name: _shape(*get_args(hint)) for name, hint in get_type_hints(thing, include_extras=True).items()}


def message() -> dict[str, Shape]:
    """Return what templates know to begin with."""
    return dict(names_of(MessageNames))


def _shape(hint: Any, says: Says) -> Shape:
    if hint in PLAIN:
        return PLAIN[hint]
    inner = get_args(hint)
    if not inner:
        return Shape("thing", hint)
    return Shape("texts", most=says.most) if inner[0] is str else Shape("things", inner[0], says.most)
