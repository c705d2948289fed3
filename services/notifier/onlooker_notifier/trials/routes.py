"""``/alerts/rules/test``: a rule that is stored, or is not yet, over the newest pictures."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from onlooker_notifier.access import unbound
from onlooker_notifier.rules.model import RULE_ID_PATTERN, Rule, RuleDraft, kept
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.trials.album import MOST_PICTURES, Album
from onlooker_notifier.trials.answer import Trial
from onlooker_notifier.trials.trial import Terms, tried
from onlooker_shared.keys import Scope

Pictures = Annotated[int, Query(ge=1, le=MOST_PICTURES, description="How many of the newest.")]
DRAFT = "draft"
"""The id of a rule that is not stored, as long as it is tried."""


def router(rulebook: Rulebook, album: Album, terms: Terms, clock: Callable[[], datetime]) -> APIRouter:
    """Return the routes. They tell what is in pictures, by any condition, which only who may write rules learns."""
    routes = APIRouter(prefix="/alerts/rules", tags=["alerts"], dependencies=[Depends(unbound(Scope.ALERTS_WRITE))])

    async def over_newest(rule: Rule, count: int) -> Trial:
        pictures, complete = await album.newest(count)
        return await asyncio.to_thread(  # patterns may take long
            tried, rule, pictures, terms, complete=complete, now=clock()
        )

    @routes.post("/test")
    async def test_draft(draft: RuleDraft, pictures: Pictures = 100) -> Trial:
        """Say which messages a rule would have sent of the newest pictures, and of which it would not tell, and why.

        It is tried as if it were switched on, and had told nothing before the oldest of them. Nothing is stored.
        """
        return await over_newest(kept(draft, DRAFT, version=1), pictures)

    @routes.post("/{rule_id}/test")
    async def test_rule(rule_id: Annotated[str, Path(pattern=RULE_ID_PATTERN)], pictures: Pictures = 100) -> Trial:
        """Likewise of a rule that is stored; as if it were switched on and not muted."""
        return await over_newest(await rulebook.get(rule_id), pictures)

    return routes
