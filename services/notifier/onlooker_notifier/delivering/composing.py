"""Puts together what delivers messages, at once, later or again."""

from dataclasses import dataclass

from onlooker_notifier.channels.composing import ChannelParts
from onlooker_notifier.delivering.again import Again
from onlooker_notifier.delivering.catching_up import CatchingUp
from onlooker_notifier.delivering.deliveries import Deliveries
from onlooker_notifier.delivering.delivering import Delivering
from onlooker_notifier.delivering.waiting import Waiting
from onlooker_notifier.foundation import Foundation, clock
from onlooker_notifier.links.linking import Linking


@dataclass(frozen=True, slots=True)
class DeliveringParts:
    """What the rest of the notifier needs of it."""

    deliveries: Deliveries
    waiting: Waiting
    delivering: Delivering
    catching_up: CatchingUp
    again: Again


def compose_delivering(base: Foundation, channels: ChannelParts, linking: Linking | None) -> DeliveringParts:
    """Connect channels with where it is kept what waits for them and what they took."""
    deliveries = Deliveries(base.dynamodb, base.topology.alert_deliveries.name, base.kept)
    waiting = Waiting(base.dynamodb, base.notices)
    delivering = Delivering(
        claims=base.claims,
        channels=channels.channels,
        fuses=channels.fuses,
        waiting=waiting,
        deliveries=deliveries,
        linking=linking,
        picture_url=base.settings.picture_url,
        zone=base.zone,
        clock=clock,
    )
    again = Again(
        claims=base.claims,
        channels=channels.channels,
        trying=channels.trying,
        deliveries=deliveries,
        linking=linking,
        clock=clock,
    )
    catching_up = CatchingUp(waiting=waiting, delivering=delivering, clock=clock)
    return DeliveringParts(deliveries, waiting, delivering, catching_up, again)
