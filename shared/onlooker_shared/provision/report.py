"""What provisioning did."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What was done, as lines such as ``queue onlooker-tagger`` or ``queue onlooker-tagger: VisibilityTimeout``."""

    created: tuple[str, ...]
    repaired: tuple[str, ...]
    leftovers: tuple[str, ...]
    """What exists but is declared no more; nothing was done about it."""

    @property
    def changed(self) -> bool:
        """Whether anything was created or repaired."""
        return bool(self.created or self.repaired)


@dataclass(slots=True)
class Report:
    """Gathers what is done while it is done."""

    created: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)

    def done(self) -> Provisioned:
        """Return the report in a stable order."""
        return Provisioned(tuple(sorted(self.created)), tuple(sorted(self.repaired)), tuple(sorted(self.leftovers)))
