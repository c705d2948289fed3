"""``/alerts/rules/test``: a rule that is stored, or is not yet, over the newest pictures."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from onlooker_notifier.access import unbound
from onlooker_notifier.rules.model import RULE_ID_PATTERN, Rule, RuleDraft, kept
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.rules.trial import MOST_PICTURES, Album, Trial, tried
from onlooker_shared.keys import Scope

Pictures = Annotated[int, Query(ge=1, le=MOST_PICTURES, description="How many of the newest.")]
DRAFT = "draft"
"""The id of a rule that is not stored, as long as it is tried."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def router(rulebook: Rulebook, album: Album, clock: Callable[[], datetime] = utc_now) -> APIRouter:
    """Return the routes. They tell what is in pictures, by any condition, which only who may write rules learns."""
    routes = APIRouter(prefix="/alerts/rules", tags=["alerts"], dependencies=[Depends(unbound(Scope.ALERTS_WRITE))])

    async def over_newest(rule: Rule, count: int) -> Trial:
        pictures, complete = await album.newest(count)
        return await asyncio.to_thread(tried, rule, pictures, complete=complete, now=clock())  # patterns may take long

    @routes.post("/test")
    async def test_draft(draft: RuleDraft, pictures: Pictures = 100) -> Trial:
        """Say of the newest pictures whether a rule would tell of them, or why not. Nothing is stored or sent."""
        return await over_newest(kept(draft, DRAFT, version=1), pictures)

    @routes.post("/{rule_id}/test")
    async def test_rule(rule_id: Annotated[str, Path(pattern=RULE_ID_PATTERN)], pictures: Pictures = 100) -> Trial:
        """Say of the newest pictures whether a stored rule would tell of them, or why not. Nothing is sent."""
        return await over_newest(await rulebook.get(rule_id), pictures)

    return routes
