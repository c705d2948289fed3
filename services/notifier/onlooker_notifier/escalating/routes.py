"""``/alerts/deliveries/{delivery_id}/acknowledge``: somebody sees to it, so nobody else need be told."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from onlooker_notifier.access import unbound
from onlooker_notifier.delivering.deliveries import DELIVERY_ID_PATTERN, Deliveries
from onlooker_notifier.delivering.standing import Acknowledgement
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_shared.errors import ConflictError, NotFoundError
from onlooker_shared.keys import Principal, Scope


def router(deliveries: Deliveries, escalations: Escalations) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/alerts/deliveries", tags=["alerts"])

    @routes.post("/{delivery_id}/acknowledge")
    async def acknowledge_delivery(
        delivery_id: Annotated[str, Path(pattern=DELIVERY_ID_PATTERN)],
        caller: Annotated[Principal, Depends(unbound(Scope.ALERTS_WRITE))],
    ) -> Acknowledgement:
        """Say that somebody sees to what was told, so that it is not escalated; by whichever channels it went.

        Who does so first counts: later ones are answered who that was, and when.
        """
        found = await deliveries.find(delivery_id)
        if found is None:
            raise NotFoundError(f"There is no delivery {delivery_id} (any more).")
        delivery, _ = found
        if delivery.escalation_id is None:
            raise ConflictError("The rule of this delivery did not escalate then, so there is nothing to acknowledge.")
        counts = await escalations.acknowledge(delivery.escalation_id, by=caller.owner, delivery_id=delivery_id)
        if counts is None:
            raise NotFoundError("It is not known any more what became of this message.")
        return counts

    return routes
