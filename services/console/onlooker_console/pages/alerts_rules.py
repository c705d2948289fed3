"""Rules: which pictures are told of, to whom; listed, switched, built by clicking, and tried before they are saved."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.alerts import asking, drafts, spans, trials
from onlooker_console.alerts.channels import listed as channels_of
from onlooker_console.alerts.drafts import Draft
from onlooker_console.alerts.known import KNOWN, offered
from onlooker_console.alerts.leaves import LEAVES
from onlooker_console.alerts.rows import JOINS
from onlooker_console.alerts.rules import rules
from onlooker_console.apis import Api, ApiError, RefusedError, attempt
from onlooker_console.callers import Caller, SignedIn
from onlooker_console.told import tell
from onlooker_console.views import Views
from onlooker_console.zones import zone_of

PATH = "/console/alerts/rules"
API = "/alerts/rules"
WRITE = "alerts:write"
TRIED = 100
"""Newest pictures that a rule is tried on."""
LABELS = {
    "name": "Name",
    "when": "Condition",
    "channels": "Whom it tells",
    "quiet_hours": "Quiet hours",
    "escalation": "If nobody sees to it",
    **{kind: leaf.title for kind, leaf in LEAVES.items()},
    **{each.name: each.label for each in (*drafts.SETTINGS, *drafts.WORDS)},
}
"""What fields are called, by what the notifier calls them."""

GONE = "Somebody deleted this rule meanwhile. What you see here is not saved: make it anew, if it is still wanted."
RuleId = Annotated[str, Path(pattern="^[a-z0-9-]{1,64}$")]
Version = Annotated[str, Form(pattern="^[0-9]{1,9}$")]


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    router.include_router(_building(views))
    router.include_router(_changing(views))
    router.include_router(_acting(views))

    @router.get("/alerts/rules")
    async def show(request: Request, caller: SignedIn) -> Response:
        """Show every rule."""
        return await _list(views, request, caller)

    return router


def _building(views: Views) -> APIRouter:
    router = APIRouter(prefix="/alerts/rules")

    @router.get("/new")
    async def ask(request: Request, caller: SignedIn) -> Response:
        """Ask what a new rule is to be."""
        asking.check(caller.may(WRITE))
        return await _form(views, request, caller, drafts.new(str(zone_of(request))))

    @router.get("/known")
    async def offer(request: Request, caller: SignedIn) -> Response:
        """Return what fields complete: what pictures have already, as a fragment; nothing, where search is away."""
        found = await attempt(caller.api.get("/tags/statistics", {"include": list(KNOWN)}))
        return views.page(request, "alerts_rule_known.html", lists=offered(found.value or {}))

    @router.post("/build")
    async def build(request: Request, caller: SignedIn) -> Response:
        """Add or take away a row, as the button says, and show the form again."""
        asking.check(caller.may(WRITE))
        form = await _filled(request)
        texts = dict(form)
        action = texts.get("do", "")
        if action.startswith("add:"):
            action += ":" + texts.get("kind" + action.removeprefix("add:"), "")
        draft, known = drafts.draft_from(form, str(zone_of(request))).done(action), _known(texts)
        trial = None if "HX-Request" in request.headers else await _trial(caller.api, draft)
        return await _form(views, request, caller, draft, known, trial=trial)

    @router.post("/preview")
    async def preview(request: Request, caller: SignedIn) -> Response:
        """Show which messages a rule would have sent of the newest pictures, and of the others why not."""
        asking.check(caller.may(WRITE))
        trial = await _trial(caller.api, drafts.draft_from(await _filled(request)))
        return views.page(request, "alerts_rule_trial.html", trial=trial)

    @router.post("")
    async def make(request: Request, caller: SignedIn) -> Response:
        """Make a rule; where it cannot be made, say why and ask again."""
        asking.check(caller.may(WRITE))
        draft = drafts.draft_from(await _filled(request))
        try:
            made = await caller.api.send("POST", API, json=_without_nothing(draft.request))
        except (RefusedError, ValueError) as refusal:
            return await _form(views, request, caller, draft, refusal=refusal)
        told = "" if made["channels"] else " It tells nobody yet: choose whom."
        return _told(request, f"The rule {made['name']} is made.{told}")

    return router


def _changing(views: Views) -> APIRouter:
    router = APIRouter(prefix="/alerts/rules")

    @router.get("/{rule_id}")
    async def edit(request: Request, caller: SignedIn, rule_id: RuleId) -> Response:
        """Show a rule, to be changed."""
        asking.check(caller.may(WRITE))
        known = await caller.api.get(f"{API}/{rule_id}")
        draft = replace(drafts.draft_of(known), zone=str(zone_of(request)))
        return await _form(views, request, caller, draft, known)

    @router.post("/{rule_id}")
    async def change(request: Request, caller: SignedIn, rule_id: RuleId, version: Version) -> Response:
        """Change a rule, if nobody else has since; what the form does not ask for stays."""
        asking.check(caller.may(WRITE))
        draft = drafts.draft_from(await _filled(request))
        try:
            made = await asking.change(
                caller.api, "PATCH", f"{API}/{rule_id}", draft.request, version=version, stale=asking.CHANGED
            )
        except (RefusedError, ValueError) as refusal:
            if isinstance(refusal, RefusedError) and refusal.status == HTTPStatus.NOT_FOUND:
                gone = RefusedError(refusal.status, GONE, problem_id=refusal.problem_id)
                return await _form(views, request, caller, draft, refusal=gone)
            known = {"rule_id": rule_id, "version": version}
            return await _form(views, request, caller, draft, known, refusal=refusal)
        return _told(request, f"The rule {made['name']} is changed.")

    return router


def _acting(views: Views) -> APIRouter:
    router = APIRouter(prefix="/alerts/rules")

    @router.post("/{rule_id}/switch")
    async def switch(
        request: Request, caller: SignedIn, rule_id: RuleId, version: Version, enabled: Annotated[bool, Form()]
    ) -> Response:
        """Switch a rule on or off, and show all."""
        wanted = {"enabled": enabled}
        try:
            made = await asking.change(caller.api, "PATCH", f"{API}/{rule_id}", wanted, version=version)
        except RefusedError as refusal:
            return await _list(views, request, caller, refused=refusal)
        return _told(request, f"The rule {made['name']} is {'on' if enabled else 'off'}.")

    @router.post("/{rule_id}/mute")
    async def mute(
        request: Request, caller: SignedIn, rule_id: RuleId, hours: Annotated[int, Form(ge=0, le=168)]
    ) -> Response:
        """Have a rule tell nobody for some hours; for 0, have it tell again."""
        path = f"{API}/{rule_id}/mute"
        try:
            if hours:
                made = await caller.api.send("POST", path, json={"for_seconds": hours * 3600})
            else:
                made = await caller.api.send("DELETE", path)
        except RefusedError as refusal:
            return await _list(views, request, caller, refused=refusal)
        return _told(request, f"The rule {made['name']} {'is muted' if hours else 'tells again'}.")

    @router.post("/{rule_id}/delete")
    async def delete(request: Request, caller: SignedIn, rule_id: RuleId, version: Version) -> Response:
        """Delete a rule, and show the others."""
        try:
            await asking.change(caller.api, "DELETE", f"{API}/{rule_id}", version=version)
        except RefusedError as refusal:
            return await _list(views, request, caller, refused=refusal)
        return _told(request, "The rule is deleted. What waited for its next message is not told.")

    return router


async def _list(views: Views, request: Request, caller: Caller, *, refused: RefusedError | None = None) -> Response:
    found, channels = await asyncio.gather(attempt(caller.api.get(API)), attempt(caller.api.get("/alerts/channels")))
    ways = channels_of(channels.value["channels"]) if channels.value else ()
    return views.page(
        request,
        "alerts_rules.html",
        status=refused.status if refused else HTTPStatus.OK,
        error=found.error,
        rules=() if found.value is None else rules(found.value, ways, datetime.now(UTC)),
        refused=refused,
    )


async def _form(
    views: Views,
    request: Request,
    caller: Caller,
    draft: Draft,
    known: Mapping[str, Any] | None = None,
    *,
    refusal: RefusedError | ValueError | None = None,
    trial: Any = None,
) -> Response:
    """Return the form of a rule, or for a script the part of it that is built: a new one, or the one `known`."""
    fragment = "HX-Request" in request.headers
    channels, others = await asyncio.gather(attempt(caller.api.get("/alerts/channels")), attempt(caller.api.get(API)))
    mailed = drafts.mailed(others.value or ())
    return views.page(
        request,
        "alerts_rule_built.html" if fragment else "alerts_rule.html",
        status=refusal.status if isinstance(refusal, RefusedError) else 422 if refusal else HTTPStatus.OK,
        headers={"HX-Trigger-After-Settle": "built"} if fragment else None,
        draft=draft,
        known=known,
        channels=channels_of(channels.value["channels"]) if channels.value else (),
        troubles=_troubles(refusal) if refusal else (),
        stale=isinstance(refusal, RefusedError) and refusal.status == HTTPStatus.PRECONDITION_FAILED,
        trial=trial,
        abouts=drafts.ABOUT,
        joins=JOINS,
        leaves=LEAVES,
        settings_asked=drafts.SETTINGS,
        words_asked=drafts.WORDS,
        pers=drafts.PER,
        mailed=mailed,
        mails="\n".join(each for each in draft.addresses if each not in mailed),
        spans=spans,
        fields_of=drafts.fields_of,
    )


async def _trial(api: Api, draft: Draft) -> trials.Shown:
    """Return what a rule would have told, or why it cannot be tried."""
    asked = f"{API}/test"
    try:
        wanted = {**draft.request, "name": draft.name or "A rule"}
        return trials.shown(await api.send("POST", asked, {"pictures": TRIED}, json=_without_nothing(wanted)))
    except (RefusedError, ValueError) as refusal:
        return trials.Shown(troubles=_troubles(refusal))
    except ApiError as error:
        return trials.Shown(troubles=[error.detail])


def _troubles(refusal: RefusedError | ValueError) -> list[str]:
    return asking.faults(refusal, LABELS) if isinstance(refusal, RefusedError) else [str(refusal)]


def _without_nothing(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}


def _known(texts: Mapping[str, str]) -> dict[str, str] | None:
    """Return which rule a form is about, as far as the form needs it; None: a new one."""
    rule_id, version = texts.get("rule_id", ""), texts.get("version", "")
    return {"rule_id": rule_id, "version": version} if rule_id else None


def _told(request: Request, words: str) -> Response:
    response = RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)
    tell(response, request, words)
    return response


async def _filled(request: Request) -> list[tuple[str, str]]:
    """Return a form's texts, in their order."""
    async with request.form() as form:
        return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
