"""``/alerts/decisions``: what was not told, or not at once, and why."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from onlooker_notifier.access import unbound
from onlooker_notifier.deciding.decisions import Decided, DecisionPage
from onlooker_notifier.rules.model import RULE_ID_PATTERN
from onlooker_shared.images import IMAGE_ID_PATTERN
from onlooker_shared.keys import Scope


def router(decided: Decided, clock: Callable[[], datetime]) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/alerts", tags=["alerts"])

    @routes.get("/decisions", dependencies=[Depends(unbound(Scope.ALERTS_READ))])
    async def list_decisions(
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(description="The `cursor` of the page before.")] = None,
        rule_id: Annotated[str | None, Query(pattern=RULE_ID_PATTERN, description="Only this rule's.")] = None,
        image_id: Annotated[
            str | None, Query(pattern=IMAGE_ID_PATTERN, description="Only those about this picture.")
        ] = None,
    ) -> DecisionPage:
        """List what rules were about and yet did not tell, or not at once, and why; of 30 days, newest first.

        With `rule_id` or `image_id`, a request looks through 1,000 decisions: go on with `cursor`, also after a page
        that has none.
        """
        return await decided.newest(limit, cursor, clock(), rule_id=rule_id, image_id=image_id)

    return routes
