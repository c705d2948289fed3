"""What is no longer asked of Rekognition when the month's budget comes to its end. Pure.

Labels are held back before faces: who is in a picture is why most people keep Onlooker. A picture is never held back,
only what is asked of it; what was held back is asked for when there is money again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from onlooker_shared.recognition import Feature, Missing

Policy = Literal["warn", "hold-labels", "hold-all"]
LABELS_FROM = 0.9
"""The share of the budget from which `hold-all` leaves labels out, so that the rest is there for faces."""
ABOUT_FACES: tuple[Feature, ...] = ("faces", "people")


@dataclass(frozen=True, slots=True)
class Budget:
    """What a month's calls may cost.

    Args:
        limit: in the price list's currency; 0: whatever they cost.
        warn_at: the share of it, 0 to 1, from which there is a warning.
        policy: `warn` only warns; `hold-labels` holds back all but faces and people once it is spent; `hold-all`
            does so from 90 % on, and holds back everything once it is spent.
    """

    limit: float = 0.0
    warn_at: float = 0.8
    policy: Policy = "warn"

    def warns(self, spent: float) -> bool:
        """Whether there is little left."""
        return bool(self.limit) and spent >= self.limit * self.warn_at

    def held_back(self, features: Sequence[Feature], spent: float) -> tuple[Feature, ...]:
        """Return those of some features that are not asked for now."""
        if not self.limit or self.policy == "warn":
            return ()
        gone = spent >= self.limit
        if gone and self.policy == "hold-all":
            return tuple(features)
        if gone or (self.policy == "hold-all" and spent >= self.limit * LABELS_FROM):
            return tuple(feature for feature in features if feature not in ABOUT_FACES)
        return ()

    def saves(self, spent: float) -> bool:
        """Whether nothing is asked for now that nobody waits for: as labels are held back, whatever is switched on."""
        return bool(self.held_back(("labels",), spent))


def waiting(features: Sequence[Feature]) -> tuple[Missing, ...]:
    """Return what a result says of features that are held back."""
    return tuple(
        Missing(feature=feature, reason="Held back, as the month's budget is spent; looked for when there is more.")
        for feature in features
    )
