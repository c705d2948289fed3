"""``/alerts/rules/{rule_id}/mute``: silence for a while."""

from datetime import timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from onlooker_notifier.access import unbound
from onlooker_notifier.rules.model import RULE_ID_PATTERN, Rule
from onlooker_notifier.rules.muting import LONGEST, Muting
from onlooker_shared.keys import Scope

RuleInPath = Annotated[str, Path(pattern=RULE_ID_PATTERN)]


class Mute(BaseModel):
    """For how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    until: AwareDatetime | None = None
    for_seconds: float | None = Field(default=None, ge=1, le=LONGEST.total_seconds())

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.until is None) == (self.for_seconds is None):
            raise ValueError("give exactly one of `until` or `for_seconds`")
        return self


def router(muting: Muting) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/alerts/rules", tags=["alerts"], dependencies=[Depends(unbound(Scope.ALERTS_WRITE))])

    @routes.post("/{rule_id}/mute")
    async def mute_rule(rule_id: RuleInPath, mute: Mute, response: Response) -> Rule:
        """Have a rule tell nobody for a while. Instances of the notifier know it 15 seconds later at most."""
        if mute.until is not None:
            rule = await muting.mute(rule_id, mute.until)
        else:
            rule = await muting.mute_for(rule_id, timedelta(seconds=mute.for_seconds or 0))
        return _shown(rule, response)

    @routes.delete("/{rule_id}/mute")
    async def unmute_rule(rule_id: RuleInPath, response: Response) -> Rule:
        """Have a rule tell again."""
        return _shown(await muting.unmute(rule_id), response)

    return routes


def _shown(rule: Rule, response: Response) -> Rule:
    response.headers["ETag"] = f'"{rule.version}"'
    return rule
