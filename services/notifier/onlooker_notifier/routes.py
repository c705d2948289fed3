"""``/alerts``: the rules, and what was sent by them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from onlooker_notifier.deliveries import Deliveries, DeliveryPage
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_shared.errors import ForbiddenError
from onlooker_shared.images import IMAGE_ID_PATTERN
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import requires


async def _unbound(caller: Annotated[Principal, Depends(requires(Scope.ALERTS_READ))]) -> None:
    """Refuse keys that are bound to a bucket or prefix: one message tells of pictures from everywhere."""
    if caller.bucket is not None or caller.prefix:
        raise ForbiddenError("Alerts tell of all buckets; this key is bound to one.")


def router(rulebook: Rulebook, deliveries: Deliveries, clock: Callable[[], datetime]) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/alerts", tags=["alerts"], dependencies=[Depends(_unbound)])

    @routes.get("/rules")
    async def list_rules() -> list[Rule]:
        """List every rule."""
        return await rulebook.all()

    @routes.get("/deliveries")
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
        return await deliveries.newest(limit, cursor, clock(), image_id=image_id)

    return routes
