"""``/alerts/channels/{channel_id}/waiting``: what a channel that fails has yet to take."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from onlooker_notifier.access import unbound
from onlooker_notifier.channels.book import ChannelBook
from onlooker_notifier.delivering.backlog import Backlog, backlog
from onlooker_notifier.delivering.deliveries import Deliveries
from onlooker_notifier.delivering.waiting import Waiting
from onlooker_notifier.rules.targets import CHANNEL_ID_PATTERN, NamedChannel
from onlooker_shared.keys import Scope


def router(book: ChannelBook, waiting: Waiting, deliveries: Deliveries, *, clock: Callable[[], float]) -> APIRouter:
    """Return the route that tells what waits.

    Args:
        book: the channels.
        waiting: what they did not take yet.
        deliveries: what they did not take in time.
        clock: epoch seconds.
    """
    routes = APIRouter(prefix="/alerts/channels", tags=["alerts"], dependencies=[Depends(unbound(Scope.ALERTS_READ))])

    @routes.get("/{channel_id}/waiting")
    async def list_waiting(channel_id: Annotated[str, Path(pattern=CHANNEL_ID_PATTERN)]) -> Backlog:
        """Answer what waits for a channel that does not take messages, and what was given up since."""
        key = NamedChannel(channel=(await book.get(channel_id)).channel_id).key
        jobs = [job for job in await waiting.all() if job.channel.key == key]
        dropped, since = await deliveries.given_up(channel_id, datetime.fromtimestamp(clock(), UTC))
        return backlog(jobs, dropped, since)

    return routes
