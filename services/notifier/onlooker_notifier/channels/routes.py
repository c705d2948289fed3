"""``/alerts/channels``: whom rules tell. Secrets go in and never come out."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Response
from pydantic import BaseModel, ConfigDict

from onlooker_notifier.access import unbound
from onlooker_notifier.channels.book import ChannelBook
from onlooker_notifier.channels.fuse import WHOLE
from onlooker_notifier.channels.record import ChannelInput, ChannelRecord, ChannelView
from onlooker_notifier.channels.store import ChannelStore
from onlooker_notifier.channels.trying import Tried, Trying
from onlooker_notifier.rules.targets import CHANNEL_ID_PATTERN, NamedChannel
from onlooker_shared.keys import Scope

ChannelId = Annotated[str, Path(pattern=CHANNEL_ID_PATTERN)]
IfMatch = Annotated[str | None, Header(description="The ETag that the change was decided by.")]


class ChannelList(BaseModel):
    """Every channel, by name."""

    model_config = ConfigDict(frozen=True)

    channels: list[ChannelView]


def router(store: ChannelStore, book: ChannelBook, trying: Trying, *, clock: Callable[[], float]) -> APIRouter:
    """Return the routes.

    Args:
        store: the channels, and how they fail.
        book: changes them.
        trying: sends test messages.
        clock: epoch seconds.
    """
    routes = APIRouter(prefix="/alerts/channels", tags=["alerts"])
    reads, writes = [Depends(unbound(Scope.ALERTS_READ))], [Depends(unbound(Scope.ALERTS_WRITE))]

    async def shown(record: ChannelRecord, response: Response, signing_secret: str | None = None) -> ChannelView:
        response.headers["ETag"] = f'"{record.version}"'
        return ChannelView.of(record, await store.fuse(_key(record)), clock(), signing_secret)

    @routes.get("", dependencies=reads)
    async def list_channels() -> ChannelList:
        """List every channel, without its secret."""
        channels, fuses = await store.all()
        return ChannelList(channels=[ChannelView.of(each, fuses.get(_key(each), WHOLE), clock()) for each in channels])

    @routes.post("", status_code=HTTPStatus.CREATED, dependencies=writes)
    async def make_channel(wanted: ChannelInput, response: Response) -> ChannelView:
        """Make a channel. The secret of a webhook that comes without one is made, and is in this answer only."""
        record, signing_secret = await book.make(wanted)
        response.headers["Location"] = f"/alerts/channels/{record.channel_id}"
        return await shown(record, response, signing_secret)

    @routes.get("/{channel_id}", dependencies=reads)
    async def get_channel(channel_id: ChannelId, response: Response) -> ChannelView:
        """Answer what a channel is, and whether it fails."""
        return await shown(await book.get(channel_id), response)

    @routes.put("/{channel_id}", dependencies=writes)
    async def change_channel(
        channel_id: ChannelId, wanted: ChannelInput, response: Response, if_match: IfMatch = None
    ) -> ChannelView:
        """Change a channel. Without `secret` the one that there is stays, as long as it goes to the same place."""
        record, signing_secret = await book.change(channel_id, wanted, if_match)
        return await shown(record, response, signing_secret)

    @routes.delete("/{channel_id}", status_code=HTTPStatus.NO_CONTENT, response_class=Response, dependencies=writes)
    async def delete_channel(channel_id: ChannelId, if_match: IfMatch = None) -> None:
        """Delete a channel that no rule tells by."""
        await book.delete(channel_id, if_match)

    @routes.post("/{channel_id}/test", dependencies=writes)
    async def test_channel(channel_id: ChannelId) -> Tried:
        """Send a test message now, and answer what the other side said."""
        return await trying.send(await book.get(channel_id))

    return routes


def _key(record: ChannelRecord) -> str:
    return NamedChannel(channel=record.channel_id).key
