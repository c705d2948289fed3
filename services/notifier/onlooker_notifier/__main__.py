"""Composes the notifier, and runs it alone: ``python -m onlooker_notifier``.

Each folder's `composing` puts its own parts together, on the `foundation`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter

from onlooker_notifier.channels.book import ChannelBook
from onlooker_notifier.channels.composing import ChannelParts, compose_channels
from onlooker_notifier.channels.routes import router as channels_router
from onlooker_notifier.deciding.composing import DecidingParts, compose_deciding
from onlooker_notifier.deciding.routes import router as decisions_router
from onlooker_notifier.delivering.backlog_routes import router as backlog_router
from onlooker_notifier.delivering.composing import DeliveringParts, compose_delivering
from onlooker_notifier.delivering.routes import router as deliveries_router
from onlooker_notifier.digests.composing import compose_digests
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.escalating.routes import router as escalating_router
from onlooker_notifier.following.composing import link_routers
from onlooker_notifier.foundation import Foundation, clock, lay, utc_now
from onlooker_notifier.handlers import Handler, decode_event
from onlooker_notifier.links.composing import compose_links
from onlooker_notifier.rules.composing import rule_routers
from onlooker_notifier.rules.muting import Muting
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.rules.targets import NamedChannel
from onlooker_notifier.settings import NotifierSettings
from onlooker_notifier.sweep import Sweeper
from onlooker_notifier.trials.album import Album
from onlooker_notifier.trials.routes import router as trials_router
from onlooker_notifier.trials.trial import Terms
from onlooker_notifier.watching.composing import compose_watching
from onlooker_shared.aws import Aws
from onlooker_shared.messages import ImageFailed, ImageRecognized
from onlooker_shared.outages import Outages
from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.queue.sender import Sender
from onlooker_shared.run import run_service
from onlooker_shared.service import Check, Service
from onlooker_shared.settings import CommonSettings

Event = ImageRecognized | ImageFailed


@asynccontextmanager
async def compose(aws: Aws, common: CommonSettings) -> AsyncIterator[Service]:
    """Connect rules, digests and channels, and see to it that there is a rule."""
    base = await lay(aws, common.topology)
    async with compose_channels(aws, base) as channels:
        links = compose_links(base, channels.secret)
        deciding = compose_deciding(base)
        delivering = compose_delivering(base, channels, links.linking)
        digests = compose_digests(base, deciding, delivering)
        watching = compose_watching(base, deciding.deciding, digests.worker.wake)
        muting = Muting(base.rulebook, clock=utc_now)
        handler = Handler(
            rulebook=base.rulebook,
            results=base.results,
            deciding=deciding.deciding,
            absences=watching.absences,
            wake=digests.worker.wake,
            outages=Outages(),
        )
        url = await aws.queue_url(base.topology.notifier.name)
        consumer = await _consumer(aws, base, url, handler, grace=common.shutdown_grace)
        yield Service(
            name="notifier",
            routers=[
                *_rule_routers(base, channels, muting),
                *_message_routers(deciding, delivering, digests.escalations),
                *link_routers(base, links, muting, digests.escalations),
                *_channel_routers(base, channels, delivering),
            ],
            workers=[consumer, digests.worker, watching.watcher],
            checks={"rules": _answering(base.rulebook)},
            sweep=_sweeper(base, deciding, url).sweep,
            queues={"notifier": consumer.operated},
        )


async def _consumer(aws: Aws, base: Foundation, url: str, handler: Handler, *, grace: float) -> Consumer[Event]:
    return Consumer(
        sqs=base.sqs,
        queue=base.topology.notifier,
        url=url,
        dead_letter_url=await aws.queue_url(base.topology.notifier.dead_letter),
        decode=decode_event,
        handle=handler.handle,
        grace=grace,
    )


def _sweeper(base: Foundation, deciding: DecidingParts, url: str) -> Sweeper:
    sender = Sender(base.sqs, url)
    return Sweeper(s3=base.s3, results=base.results, gathering=deciding.gathering, sender=sender, clock=utc_now)


def _answering(rulebook: Rulebook) -> Check:
    async def rules_answer() -> None:
        await rulebook.all()

    return rules_answer


def _rule_routers(base: Foundation, channels: ChannelParts, muting: Muting) -> list[APIRouter]:
    terms = Terms(limit=base.settings.digest_limit, zone=base.zone, picture_url=base.settings.picture_url)

    async def known_channel(channel_id: str) -> bool:
        return await channels.store.get(channel_id) is not None

    return [
        trials_router(base.rulebook, Album(base.s3, base.results), terms, utc_now),
        *rule_routers(base.rulebook, known_channel, muting),
    ]


def _message_routers(deciding: DecidingParts, delivering: DeliveringParts, escalations: Escalations) -> list[APIRouter]:
    return [
        deliveries_router(delivering.deliveries, escalations.shown, delivering.again, utc_now),
        decisions_router(deciding.decided, utc_now),
        escalating_router(delivering.deliveries, escalations),
    ]


def _channel_routers(base: Foundation, channels: ChannelParts, delivering: DeliveringParts) -> list[APIRouter]:
    async def told_by(channel_id: str) -> list[str]:
        key = NamedChannel(channel=channel_id).key
        return [rule.name for rule in await base.rulebook.all() if any(each.key == key for each in rule.all_channels)]

    book = ChannelBook(channels.store, channels.sealer, used_by=told_by, clock=clock)
    return [
        channels_router(channels.store, book, channels.trying, clock=clock),
        backlog_router(book, delivering.waiting, delivering.deliveries, clock=clock),
    ]


def main() -> None:
    """Run the notifier until it is told to stop."""
    run_service("notifier", compose, NotifierSettings)


if __name__ == "__main__":
    main()
