"""Why was nothing told? What rules were about and yet did not tell: of all, of one rule, about one picture."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from onlooker_console.addresses import ImageId
from onlooker_console.alerts.decisions import untold
from onlooker_console.apis import Api, Outcome, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.views import Views

PAGE = 30
"""Decisions at a time."""
ROUNDS = 5
"""Requests that look for them; each looks through 1,000."""

RuleId = Annotated[str | None, Query(pattern="^[a-z0-9-]{1,64}$")]
Cursor = Annotated[str | None, Query(max_length=1000)]


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/alerts")

    @router.get("/decisions")
    async def show(
        request: Request,
        caller: SignedIn,
        rule_id: RuleId = None,
        image_id: ImageId | None = None,
        cursor: Cursor = None,
    ) -> Response:
        """Show the newest decisions, or those after a cursor."""
        found, rules = await asyncio.gather(
            attempt(_decisions(caller.api, rule_id, image_id, cursor)), attempt(caller.api.get("/alerts/rules"))
        )
        names = {each["rule_id"]: each["name"] for each in rules.value or ()}
        return views.page(
            request,
            "alerts_decisions.html",
            error=found.error,
            decisions=[untold(each, names) for each in found.value["decisions"]] if found.value else (),
            next_page=_next(found, rule_id, image_id),
            rule_id=rule_id,
            rule=names.get(rule_id or "", rule_id or ""),
            known=rule_id in names,
            image_id=image_id,
            cursor=cursor,
        )

    return router


async def _decisions(api: Api, rule_id: str | None, image_id: str | None, cursor: str | None) -> dict[str, Any]:
    """Return a page of decisions. One request may have found none and yet not have looked through all."""
    found: list[Any] = []
    for _ in range(ROUNDS):
        asked = {"rule_id": rule_id, "image_id": image_id, "limit": PAGE - len(found), "cursor": cursor}
        page = await api.get("/alerts/decisions", asked)
        found += page["decisions"]
        cursor = page["cursor"]
        if cursor is None or len(found) == PAGE:
            break
    return {"decisions": found, "cursor": cursor}


def _next(found: Outcome[Mapping[str, Any]], rule_id: str | None, image_id: str | None) -> dict[str, str]:
    """Return the parameters of the page after; none if this is the last one."""
    cursor = found.value["cursor"] if found.value else None
    if cursor is None:
        return {}
    return {name: value for name, value in (("rule_id", rule_id), ("image_id", image_id), ("cursor", cursor)) if value}
