"""Puts together what decides of pictures."""

from dataclasses import dataclass

from onlooker_notifier.deciding.cooldowns import Cooldowns
from onlooker_notifier.deciding.deciding import Deciding
from onlooker_notifier.deciding.decisions import Decided
from onlooker_notifier.foundation import Foundation, clock
from onlooker_notifier.gathering.gathering import Gathering


@dataclass(frozen=True, slots=True)
class DecidingParts:
    """What the rest of the notifier needs of it."""

    gathering: Gathering
    deciding: Deciding
    decided: Decided


def compose_deciding(base: Foundation) -> DecidingParts:
    """Connect what is gathered, cools down and is recorded."""
    gathering = Gathering(base.dynamodb, base.notices, clock=clock)
    cooldowns = Cooldowns(base.dynamodb, base.notices)
    return DecidingParts(gathering, Deciding(gathering, cooldowns, clock=clock), Decided(base.dynamodb, base.notices))
