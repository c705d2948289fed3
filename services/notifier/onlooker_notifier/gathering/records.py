"""Notices that wait to be told, and those that are told together: pure."""

from dataclasses import dataclass

from onlooker_notifier.notices import Notice


@dataclass(frozen=True, slots=True)
class Pending:
    """A notice that waits for a digest."""

    notice_id: str
    notice: Notice

    @property
    def since(self) -> float:
        """Since when, in epoch seconds."""
        return int(self.notice_id.partition("#")[0]) / 1000


@dataclass(frozen=True, slots=True)
class Digest:
    """Notices that are told together."""

    rule_id: str
    number: int
    notice_ids: tuple[str, ...]
    begun_at: float
    """Epoch seconds, in whole milliseconds: the same before and after it was stored."""
    note: str = ""
    """What was decided about it when it was begun, so that whoever finishes it does as was decided."""

    @property
    def digest_id(self) -> str:
        """The same for everybody who works on it; no other digest has it, for its first notice is in no other."""
        return f"{self.rule_id}#{self.notice_ids[0]}"


@dataclass(frozen=True, slots=True)
class State:
    """How far a rule's digests are."""

    number: int
    """Digests begun until now."""
    unfinished: Digest | None
    tally: str = ""
    """What was stored with the last one about those of its day."""
