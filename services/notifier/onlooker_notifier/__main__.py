"""Composes the notifier, and runs it alone: ``python -m onlooker_notifier``."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from onlooker_notifier.channels.book import ChannelBook
from onlooker_notifier.channels.composing import compose_channels
from onlooker_notifier.channels.routes import backlog_router
from onlooker_notifier.channels.routes import router as channels_router
from onlooker_notifier.deciding.cooldowns import Cooldowns
from onlooker_notifier.deciding.deciding import Deciding
from onlooker_notifier.deciding.decisions import Decided
from onlooker_notifier.deciding.departed import Departed
from onlooker_notifier.deciding.routes import router as decisions_router
from onlooker_notifier.delivering.again import Again
from onlooker_notifier.delivering.deliveries import Deliveries
from onlooker_notifier.delivering.delivering import Delivering
from onlooker_notifier.delivering.routes import router as deliveries_router
from onlooker_notifier.delivering.waiting import Waiting
from onlooker_notifier.digests.digests import Digests
from onlooker_notifier.digests.gathering import Gathering
from onlooker_notifier.digests.worker import DigestWorker
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.escalating.routes import router as escalating_router
from onlooker_notifier.escalating.store import EscalationStore
from onlooker_notifier.handlers import Handler, decode_event
from onlooker_notifier.links.desk import Desk
from onlooker_notifier.links.following import Following
from onlooker_notifier.links.linking import Linking, Signing
from onlooker_notifier.links.routes import router as links_router
from onlooker_notifier.rules.composing import rule_routers
from onlooker_notifier.rules.defaults import default_rule
from onlooker_notifier.rules.muting import Muting
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.rules.targets import NamedChannel
from onlooker_notifier.settings import NotifierSettings
from onlooker_notifier.sweep import Sweeper
from onlooker_notifier.trials.album import Album
from onlooker_notifier.trials.trial import Terms
from onlooker_notifier.watching.absences import Absences
from onlooker_notifier.watching.dead_letters import DeadLetterQueues, DeadLetters
from onlooker_notifier.watching.marks import Marks
from onlooker_notifier.watching.pace import Pace
from onlooker_notifier.watching.worker import Watcher
from onlooker_shared.aws import Aws
from onlooker_shared.claims import Claims
from onlooker_shared.outages import Outages
from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import Results
from onlooker_shared.run import run_service
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@asynccontextmanager
async def compose(aws: Aws, common: CommonSettings) -> AsyncIterator[Service]:
    """Connect rules, digests and channels, and see to it that there is a rule."""
    settings, topology = NotifierSettings(), common.topology
    dynamodb, s3, sqs = await aws.client("dynamodb"), await aws.client("s3"), await aws.client("sqs")
    rulebook = Rulebook(dynamodb, topology.alert_rules.name)
    await rulebook.ensure_default(
        default_rule(email_to=settings.email_to, topic_arn=settings.topic_arn, digest_interval=settings.digest_interval)
    )
    gathering = Gathering(dynamodb, topology.alert_notices.name, clock=time.time)
    decided = Decided(dynamodb, topology.alert_notices.name)
    deciding = Deciding(gathering, Cooldowns(dynamodb, topology.alert_notices.name), clock=time.time)
    kept, zone = timedelta(days=settings.keep_deliveries), ZoneInfo(settings.zone)
    deliveries = Deliveries(dynamodb, topology.alert_deliveries.name, kept)
    results = Results(s3, topology.results.name)
    claims, waiting = Claims(dynamodb, topology.claims.name), Waiting(dynamodb, topology.alert_notices.name)
    async with compose_channels(aws, topology, settings, results, time.time) as parts:
        signing = Signing(parts.secret) if parts.secret is not None else None
        linking = Linking(signing, settings.link_url, clock=time.time) if signing and settings.link_url else None
        delivering = Delivering(
            claims=claims,
            channels=parts.channels,
            fuses=parts.fuses,
            waiting=waiting,
            deliveries=deliveries,
            linking=linking,
            picture_url=settings.picture_url,
            zone=zone,
            clock=time.time,
        )
        escalations = Escalations(
            store=EscalationStore(dynamodb, topology.alert_notices.name, kept),
            rulebook=rulebook,
            delivering=delivering,
            decided=decided,
            zone=zone,
            clock=time.time,
        )
        digests = Digests(
            gathering=gathering,
            delivering=delivering,
            escalations=escalations,
            decided=decided,
            limit=settings.digest_limit,
            zone=zone,
            clock=time.time,
        )
        departed = Departed(dynamodb, topology.alert_notices.name, clock=time.monotonic)
        worker = DigestWorker(rulebook, digests, departed, escalations)
        marks = Marks(dynamodb, topology.alert_notices.name)
        absences = Absences(marks, deciding, clock=time.time)
        watcher = Watcher(
            rulebook=rulebook,
            absences=absences,
            dead_letters=DeadLetters(marks, deciding),
            queues=DeadLetterQueues(sqs, topology.queues),
            pace=Pace(time.time, time.monotonic),
            wake=worker.wake,
        )
        url = await aws.queue_url(topology.notifier.name)
        consumer = Consumer(
            sqs=sqs,
            queue=topology.notifier,
            url=url,
            dead_letter_url=await aws.queue_url(topology.notifier.dead_letter),
            decode=decode_event,
            handle=Handler(
                rulebook=rulebook,
                results=results,
                deciding=deciding,
                absences=absences,
                wake=worker.wake,
                outages=Outages(),
            ).handle,
            grace=common.shutdown_grace,
        )
        sweeper = Sweeper(s3=s3, results=results, gathering=gathering, sender=Sender(sqs, url), clock=utc_now)

        async def rules_answer() -> None:
            await rulebook.all()

        async def told_by(channel_id: str) -> list[str]:
            key = NamedChannel(channel=channel_id).key
            return [rule.name for rule in await rulebook.all() if any(each.key == key for each in rule.all_channels)]

        async def known_channel(channel_id: str) -> bool:
            return await parts.store.get(channel_id) is not None

        book = ChannelBook(parts.store, parts.sealer, used_by=told_by, clock=time.time)
        again = Again(
            claims=claims,
            channels=parts.channels,
            trying=parts.trying,
            deliveries=deliveries,
            linking=linking,
            clock=time.time,
        )
        muting = Muting(rulebook, clock=utc_now)
        terms = Terms(limit=settings.digest_limit, zone=zone, picture_url=settings.picture_url)
        links = []
        if signing is not None:
            following = Following(signing, rulebook, muting, escalations)
            links.append(links_router(Desk(following, zone, clock=time.time)))
        yield Service(
            name="notifier",
            routers=[
                *rule_routers(rulebook, Album(s3, results), terms, known_channel, muting),
                deliveries_router(deliveries, escalations, again, utc_now),
                decisions_router(decided, utc_now),
                escalating_router(deliveries, escalations),
                *links,
                channels_router(parts.store, book, parts.trying, clock=time.time),
                backlog_router(book, waiting, deliveries, clock=time.time),
            ],
            workers=[consumer, worker, watcher],
            checks={"rules": rules_answer},
            sweep=sweeper.sweep,
            queues={"notifier": consumer.operated},
        )


def main() -> None:
    """Run the notifier until it is told to stop."""
    run_service("notifier", compose, NotifierSettings)


if __name__ == "__main__":
    main()
