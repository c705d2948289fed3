"""The leaves about a picture as a whole: what it shows and says, where it is from, and when it came."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from onlooker_notifier.conditions import patterns
from onlooker_notifier.conditions.answers import YES, Answer, Why
from onlooker_notifier.conditions.facts import Facts, Named
from onlooker_notifier.conditions.language import FailedLeaf, LabelLeaf, ModerationLeaf, TextLeaf
from onlooker_notifier.conditions.names import folded
from onlooker_notifier.conditions.values import DAYS, Count, Percents, Window

QUOTED = 60
"""Characters of a text that a reason quotes."""


class OfPictures(ABC):
    """A leaf that holds of a picture, or not."""

    title: str
    feature: str | None = None
    """What must have been looked for to know; None: it is known of every picture."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._no = Answer(False, Why(place, self.words))
        self._not_known = Answer(None, Why(place, self._not_looked_for))

    def check(self, facts: Facts) -> Answer:
        """Return whether it holds."""
        if self.feature is not None and self.feature not in facts.features:
            return self._not_known
        return self.found(facts) or self._no

    @abstractmethod
    def found(self, facts: Facts) -> Answer | None:
        """Return by what it holds; None if it does not."""

    @abstractmethod
    def words(self, facts: Facts) -> str:
        """Return why it does not hold."""

    def _not_looked_for(self, facts: Facts) -> str:
        if facts.event == "failed":
            return f"the picture could not be recognized: nothing is known of {self.title}"
        return f"nothing is known of {self.title}: this picture was not searched for {self.feature}"


class FaceCountCheck(OfPictures):
    """How many faces there are."""

    feature = "faces"

    def __init__(self, count: Count, place: str) -> None:
        self._count = count
        self.title = f"{count} faces"
        super().__init__(place)

    def found(self, facts: Facts) -> Answer | None:
        """See `OfPictures`."""
        number = len(facts.faces)
        return Answer(True, faces=frozenset(range(number))) if self._count.holds(number) else None

    def words(self, facts: Facts) -> str:
        """See `OfPictures`."""
        return f"the number of faces was {len(facts.faces)}, {self._count} was asked for"


class NamedCheck(OfPictures):
    """Labels, or what not everybody should see."""

    def __init__(self, leaf: LabelLeaf | ModerationLeaf, place: str) -> None:
        self.feature = "labels" if isinstance(leaf, LabelLeaf) else "moderation"
        self._names = tuple(folded(name) for name in leaf.is_) if leaf.is_ is not None else ("",)
        self._confidence: Percents | None = leaf.confidence
        kind = "the label" if isinstance(leaf, LabelLeaf) else "the warning"
        self.title = f"{kind} {' or '.join(leaf.is_)}" if leaf.is_ is not None else "something to warn of"
        super().__init__(place)

    def found(self, facts: Facts) -> Answer | None:
        """See `OfPictures`."""
        there = self._there(facts)
        good = [
            each.name
            for name in self._names
            for each in there.get(name, ())
            if self._confidence is None or self._confidence.holds(each.confidence)
        ]
        return Answer(True, labels=frozenset(good)) if good else None

    def _there(self, facts: Facts) -> Mapping[str, Sequence[Named]]:
        return facts.labels if self.feature == "labels" else facts.moderation

    def words(self, facts: Facts) -> str:
        """See `OfPictures`."""
        confidences = [each.confidence for name in self._names for each in self._there(facts).get(name, ())]
        if not confidences:
            return f"{self.title} is not there"
        return f"the confidence of {self.title} was {max(confidences):.1f}, {self._confidence} was asked for"


class TextCheck(OfPictures):
    """What is written in the picture."""

    feature = "text"

    def __init__(self, leaf: TextLeaf, place: str) -> None:
        self._contains = folded(leaf.contains) if leaf.contains is not None else None
        self._pattern = patterns.compiled(leaf.matches) if leaf.matches is not None else None
        how = f"with “{leaf.contains}”" if leaf.contains is not None else f"like /{leaf.matches}/"
        self.title = f"text {how}"
        super().__init__(place)

    def found(self, facts: Facts) -> Answer | None:
        """See `OfPictures`."""
        if not self._is_in(facts.text, facts.folded_text):
            return None
        return Answer(True, texts=frozenset(line for line in facts.lines if self._is_in(line, folded(line))))

    def _is_in(self, text: str, folded_text: str) -> bool:
        if self._pattern is not None:
            return self._pattern.search(text) is not None
        return self._contains is not None and self._contains in folded_text

    def words(self, facts: Facts) -> str:
        """See `OfPictures`."""
        if not facts.lines:
            return "nothing is written in it"
        written = " / ".join(facts.lines)
        return f"there is no {self.title} in “{written[:QUOTED]}{'…' if len(written) > QUOTED else ''}”"


class BucketCheck(OfPictures):
    """Which bucket it is in."""

    def __init__(self, buckets: Sequence[str], place: str) -> None:
        self._buckets = frozenset(buckets)
        self.title = f"the bucket {' or '.join(buckets)}"
        super().__init__(place)

    def found(self, facts: Facts) -> Answer | None:
        """See `OfPictures`."""
        return YES if facts.bucket in self._buckets else None

    def words(self, facts: Facts) -> str:
        """See `OfPictures`."""
        return f"the bucket was {facts.bucket}"


class PrefixCheck(OfPictures):
    """With what its key begins."""

    def __init__(self, prefixes: Sequence[str], place: str) -> None:
        self._prefixes = tuple(prefixes)
        self.title = f"a key that begins with {' or '.join(prefixes)}"
        super().__init__(place)

    def found(self, facts: Facts) -> Answer | None:
        """See `OfPictures`."""
        return YES if facts.key.startswith(self._prefixes) else None

    def words(self, facts: Facts) -> str:
        """See `OfPictures`."""
        return f"the key began with “{facts.key[:QUOTED]}”"


class TimeCheck(OfPictures):
    """When it was uploaded, by the clocks of some place."""

    def __init__(self, window: Window, place: str) -> None:
        self._zone = ZoneInfo(window.zone)
        self._from, self._to = window.minutes
        self._days = frozenset(DAYS.index(day) for day in window.days or DAYS)
        days = f" on {', '.join(window.days)}" if window.days else ""
        self.title = f"{window.from_} to {window.to}{days} ({window.zone})"
        super().__init__(place)

    def found(self, facts: Facts) -> Answer | None:
        """See `OfPictures`."""
        local = facts.uploaded_at.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        if self._from < self._to:
            held = self._from <= minute < self._to and local.weekday() in self._days
        elif minute >= self._from:
            held = local.weekday() in self._days
        else:  # the morning after
            held = minute < self._to and (local - timedelta(days=1)).weekday() in self._days
        return YES if held else None

    def words(self, facts: Facts) -> str:
        """See `OfPictures`."""
        return f"it came {_clock(facts.uploaded_at.astimezone(self._zone))}, {self.title} was asked for"


class FailedCheck(OfPictures):
    """That it could not be recognized."""

    def __init__(self, leaf: FailedLeaf, place: str) -> None:
        self._reason = folded(leaf.reason) if leaf.reason is not None else None
        because = f" because of “{leaf.reason}”" if leaf.reason is not None else ""
        self.title = f"a picture that could not be recognized{because}"
        super().__init__(place)

    def found(self, facts: Facts) -> Answer | None:
        """See `OfPictures`."""
        held = facts.event == "failed" and (self._reason is None or self._reason in folded(facts.reason))
        return YES if held else None

    def words(self, facts: Facts) -> str:
        """See `OfPictures`."""
        return "it was recognized" if facts.event == "recognized" else f"it failed because: {facts.reason[:200]}"


def _clock(local: datetime) -> str:
    return f"{DAYS[local.weekday()]} {local:%H:%M}"
