"""What a rule would have told of the newest pictures, in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onlooker_console.alerts.decisions import UNTIL

SHOWN, MESSAGES = 12, 5
"""Pictures of each kind, and messages, that are shown: pictures are what one looks for first."""
OCCASIONS = {
    "at_once": "at once",
    "interval": "at the end of its interval",
    "quiet_hours": "at the end of its quiet hours",
}
"""Why a message is sent when it is, by the notifier's names; of others, that name is shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A trial as it is shown.

    Attributes:
        troubles: why the rule cannot be tried; the rest is empty then.
        looked_at: how many pictures there were.
        told: how many of them it tells of, in `sent` messages.
        complete: whether these are certainly the newest ones.
        enabled: whether the rule is on; it is tried as if it were.
        messages: the last ones, newest first.
        telling: pictures that it tells of.
        withheld: pictures that it is about and yet does not tell of, `untold` in all.
        others: pictures that it is not about.
        absences: that it would have told of.
    """

    troubles: Sequence[str] = ()
    looked_at: int = 0
    told: int = 0
    sent: int = 0
    untold: int = 0
    complete: bool = True
    enabled: bool = True
    messages: Sequence[Mapping[str, Any]] = ()
    telling: Sequence[Mapping[str, Any]] = ()
    withheld: Sequence[Mapping[str, Any]] = ()
    others: Sequence[Mapping[str, Any]] = ()
    absences: Sequence[Mapping[str, Any]] = ()


def shown(trial: Mapping[str, Any]) -> Shown:
    """Return a trial of the notifier as it is shown."""
    pictures = trial["pictures"]
    withheld = [_withheld(each) for each in pictures if each["matches"] and not each["tells"]]
    return Shown(
        looked_at=len(pictures),
        told=trial["told"],
        sent=trial["sent"],
        untold=len(withheld),
        complete=trial["complete"],
        enabled=trial["enabled"],
        messages=[_message(each) for each in reversed(trial["messages"][-MESSAGES:])],
        telling=[each for each in pictures if each["tells"]][:SHOWN],
        withheld=withheld[:SHOWN],
        others=[each for each in pictures if not each["matches"]][:SHOWN],
        absences=trial["absences"][-SHOWN:],
    )


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    occasion = message["occasion"]
    return {**message, "why": OCCASIONS.get(occasion, str(occasion).replace("_", " "))}


def _withheld(picture: Mapping[str, Any]) -> dict[str, Any]:
    return {**picture, "until_words": UNTIL.get(picture["reason"], "until")}
