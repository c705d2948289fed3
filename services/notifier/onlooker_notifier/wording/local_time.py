"""Times as the readers of a message see them on their clocks."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Where the readers are, and when they are told."""

    zone: ZoneInfo
    told_at: datetime

    @property
    def name(self) -> str:
        """What the clocks go by, in words."""
        return "UTC" if self.zone.key == "UTC" else f"those of {self.zone.key}"

    def moment(self, when: datetime) -> str:
        """Return a time in words: "at 14:02", and of which day if it is not the one on which they are told."""
        local, told = when.astimezone(self.zone), self.told_at.astimezone(self.zone)
        if local.date() == told.date():
            return f"at {self.clock(when)}"
        year = f" {local.year}" if local.year != told.year else ""
        return f"on {local.day} {local:%B}{year} at {self.clock(when)}"

    def clock(self, when: datetime) -> str:
        """Return the hour and minute."""
        return when.astimezone(self.zone).strftime("%H:%M")

    def date(self, when: datetime) -> str:
        """Return the day, as in 2026-11-20."""
        return when.astimezone(self.zone).date().isoformat()

    def stamp(self, when: datetime) -> str:
        """Return day and time to the second."""
        return when.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")
