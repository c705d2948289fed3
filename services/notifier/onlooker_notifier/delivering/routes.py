"""``/alerts/deliveries``: what was sent, or refused and why."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.access import unbound
from onlooker_notifier.delivering.again import Again
from onlooker_notifier.delivering.deliveries import DELIVERY_ID_PATTERN, Deliveries, Delivery, DeliveryPage
from onlooker_shared.images import IMAGE_ID_PATTERN
from onlooker_shared.keys import Scope


class AgainRequest(BaseModel):
    """That a message is to be sent again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="Made by who asks, for example a UUID: of the same request, made again, nothing is sent.",
    )


def router(
    deliveries: Deliveries,
    with_standing: Callable[[DeliveryPage], Awaitable[DeliveryPage]],
    again: Again,
    clock: Callable[[], datetime],
) -> APIRouter:
    """Return the routes.

    Args:
        deliveries: what was sent.
        with_standing: adds how far messages are that somebody is to acknowledge.
        again: sends again.
        clock: the time.
    """
    routes = APIRouter(prefix="/alerts", tags=["alerts"])
    reads, writes = [Depends(unbound(Scope.ALERTS_READ))], [Depends(unbound(Scope.ALERTS_WRITE))]

    @routes.get("/deliveries", dependencies=reads)
    async def list_deliveries(
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="The `cursor` of the page before.")] = None,
        image_id: Annotated[
            str | None, Query(pattern=IMAGE_ID_PATTERN, description="Only what told of this picture.")
        ] = None,
    ) -> DeliveryPage:
        """List what was sent or refused in the last 90 days, newest first, as it was sent.

        With `image_id`, a request looks through 500 deliveries: go on with `cursor`, also after a page that has none.
        """
        return await with_standing(await deliveries.newest(limit, cursor, clock(), image_id=image_id))

    @routes.post("/deliveries/{delivery_id}/again", status_code=HTTPStatus.CREATED, dependencies=writes)
    async def send_again(
        delivery_id: Annotated[str, Path(pattern=DELIVERY_ID_PATTERN)], asked: AgainRequest
    ) -> Delivery:
        """Send a message again now, as it was sent, by the same channel, and answer what became of it.

        It is a delivery of its own, which names the first in `again_of`. If its `outcome` is `failed`, it is not tried
        again by itself.
        """
        return await again.send(delivery_id, asked.request_id)

    return routes
