"""Puts together what looks after rules by the clock."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from onlooker_notifier.deciding.deciding import Deciding
from onlooker_notifier.foundation import Foundation, clock
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.watching.absences import Absences
from onlooker_notifier.watching.dead_letters import DeadLetterQueues, DeadLetters
from onlooker_notifier.watching.marks import Marks
from onlooker_notifier.watching.pace import Pace
from onlooker_notifier.watching.worker import Watcher


@dataclass(frozen=True, slots=True)
class WatchingParts:
    """What the rest of the notifier needs of it."""

    absences: Absences
    watcher: Watcher


def compose_watching(base: Foundation, deciding: Deciding, wake: Callable[[Collection[Rule]], None]) -> WatchingParts:
    """Connect what is looked at with those who decide; `wake` is called with the rules that have something to tell."""
    marks = Marks(base.dynamodb, base.notices)
    absences = Absences(marks, deciding, clock=clock)
    watcher = Watcher(
        rulebook=base.rulebook,
        absences=absences,
        dead_letters=DeadLetters(marks, deciding),
        queues=DeadLetterQueues(base.sqs, base.topology.queues),
        pace=Pace(clock, time.monotonic),
        wake=wake,
    )
    return WatchingParts(absences, watcher)
