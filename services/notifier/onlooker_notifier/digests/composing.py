"""Puts together what tells digests, and escalates those that nobody acknowledges."""

import time
from dataclasses import dataclass

from onlooker_notifier.deciding.composing import DecidingParts
from onlooker_notifier.deciding.departed import Departed
from onlooker_notifier.delivering.composing import DeliveringParts
from onlooker_notifier.digests.digests import Digests
from onlooker_notifier.digests.store import DigestStore
from onlooker_notifier.digests.worker import DigestWorker
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.escalating.store import EscalationStore
from onlooker_notifier.foundation import Foundation, clock


@dataclass(frozen=True, slots=True)
class DigestParts:
    """What the rest of the notifier needs of it."""

    escalations: Escalations
    worker: DigestWorker


def compose_digests(base: Foundation, deciding: DecidingParts, delivering: DeliveringParts) -> DigestParts:
    """Connect what is gathered with those who deliver it."""
    escalations = Escalations(
        store=EscalationStore(base.dynamodb, base.notices, base.kept),
        rulebook=base.rulebook,
        delivering=delivering.delivering,
        decided=deciding.decided,
        zone=base.zone,
        clock=clock,
    )
    digests = Digests(
        store=DigestStore(base.dynamodb, base.notices, clock=clock),
        delivering=delivering.delivering,
        escalations=escalations,
        decided=deciding.decided,
        limit=base.settings.digest_limit,
        zone=base.zone,
        clock=clock,
    )
    departed = Departed(base.dynamodb, base.notices, clock=time.monotonic)
    worker = DigestWorker(base.rulebook, digests, departed, delivering.catching_up, escalations)
    return DigestParts(escalations, worker)
