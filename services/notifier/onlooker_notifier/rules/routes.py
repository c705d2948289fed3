"""``/alerts/rules``: the rules, one by one."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from onlooker_notifier.access import unbound
from onlooker_notifier.conditions.facts import Event
from onlooker_notifier.conditions.values import Window
from onlooker_notifier.rules.editing import Editing
from onlooker_notifier.rules.escalation import Escalation
from onlooker_notifier.rules.model import RULE_ID_PATTERN, Rule, RuleDraft, When
from onlooker_notifier.rules.rhythm import Aspect
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.rules.targets import Channel
from onlooker_shared.keys import Scope

RuleInPath = Annotated[str, Path(pattern=RULE_ID_PATTERN)]
IfMatch = Annotated[str | None, Header(description="The ETag that the change was decided by.")]


class RuleChange(BaseModel):
    """What of a rule is to be otherwise; what is left out stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = None
    enabled: bool | None = None
    when: When | None = Field(default=None, description="`null`: each picture of `events`.")
    events: frozenset[Event] | None = None
    channels: tuple[Channel, ...] | None = None
    digest_interval: float | None = None
    subject: str | None = None
    body: str | None = None
    cooldown: float | None = None
    per: tuple[Aspect, ...] | None = None
    quiet_hours: Window | None = Field(default=None, description="`null`: none.")
    urgent: bool | None = None
    daily_limit: int | None = Field(default=None, description="`null`: none.")
    escalation: Escalation | None = Field(default=None, description="`null`: none.")


def router(rulebook: Rulebook, editing: Editing) -> APIRouter:
    """Return the routes.

    Args:
        rulebook: the rules.
        editing: changes them.
    """
    routes = APIRouter(prefix="/alerts/rules", tags=["alerts"])
    reads, writes = [Depends(unbound(Scope.ALERTS_READ))], [Depends(unbound(Scope.ALERTS_WRITE))]

    @routes.get("", dependencies=reads)
    async def list_rules() -> list[Rule]:
        """List every rule."""
        return await rulebook.now()

    @routes.post("", status_code=HTTPStatus.CREATED, dependencies=writes)
    async def make_rule(draft: RuleDraft, response: Response) -> Rule:
        """Make a rule. It tells of pictures that come from 15 seconds later on."""
        rule = _shown(await editing.make(draft), response)
        response.headers["Location"] = f"/alerts/rules/{rule.rule_id}"
        return rule

    @routes.get("/{rule_id}", dependencies=reads)
    async def get_rule(rule_id: RuleInPath, response: Response) -> Rule:
        """Answer what a rule is."""
        return _shown(await rulebook.get(rule_id), response)

    @routes.put("/{rule_id}", dependencies=writes)
    async def replace_rule(rule_id: RuleInPath, draft: RuleDraft, response: Response, if_match: IfMatch = None) -> Rule:
        """Have a rule be as it is given."""
        return _shown(await editing.replace(rule_id, draft, if_match), response)

    @routes.patch("/{rule_id}", dependencies=writes)
    async def change_rule(
        rule_id: RuleInPath, change: RuleChange, response: Response, if_match: IfMatch = None
    ) -> Rule:
        """Change what is given of a rule."""
        return _shown(await _changed(editing, rule_id, change, if_match), response)

    @routes.delete("/{rule_id}", status_code=HTTPStatus.NO_CONTENT, response_class=Response, dependencies=writes)
    async def delete_rule(rule_id: RuleInPath, if_match: IfMatch = None) -> None:
        """Delete a rule. What waits for its next message is not told."""
        await editing.delete(rule_id, if_match)

    return routes


async def _changed(editing: Editing, rule_id: str, change: RuleChange, if_match: str | None) -> Rule:
    given: dict[str, Any] = change.model_dump(mode="json", exclude_unset=True)
    try:
        return await editing.change(rule_id, given, if_match)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_context=False)]
        raise RequestValidationError(faults) from error


def _shown(rule: Rule, response: Response) -> Rule:
    response.headers["ETag"] = f'"{rule.version}"'
    return rule
