"""``/people/audit`` and ``/people/{person_id}/audit``: who read or changed what is known of people."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from onlooker_recognizer.people.audit.callers import Auditor, PersonInPath
from onlooker_recognizer.people.audit.log import Audit, AuditPage, Entry
from onlooker_recognizer.people.registry.routes import MAX_PAGE, not_this_list
from onlooker_shared import cursor

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
After = Annotated[str | None, Query(alias="cursor", max_length=2000, description="Of the page before.")]


class Entries(BaseModel):
    """One page of the audit log, newest first."""

    entries: list[Entry]
    cursor: str | None = None

    @classmethod
    def of(cls, page: AuditPage) -> "Entries":
        """Return what is told of a page."""
        return cls(
            entries=list(page.entries), cursor=cursor.encode({"entry": page.after}) if page.after is not None else None
        )


def audit_router(audit: Audit, clock: Callable[[], datetime]) -> APIRouter:
    """Return the routes; they stand before those that take any word for a person's id.

    Args:
        audit: the log.
        clock: the time, UTC.
    """
    routes = APIRouter(prefix="/people", tags=["people"])

    @routes.get("/audit")
    async def list_entries(
        _: Auditor,
        month: Annotated[
            str | None,
            Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="Such as 2026-11, UTC; this one without it."),
        ] = None,
        limit: Limit = 50,
        after: After = None,
    ) -> Entries:
        """List who read or changed what is known of people in a month."""
        wanted = month or f"{clock().astimezone(UTC):%Y-%m}"
        return Entries.of(await audit.of_month(wanted, limit=limit, after=_place(after)))

    @routes.get("/{person_id}/audit")
    async def list_entries_about(
        _: Auditor, person_id: PersonInPath, limit: Limit = 50, after: After = None
    ) -> Entries:
        """List who read or changed what is known of a person; also of one who was erased."""
        return Entries.of(await audit.of_person(person_id, limit=limit, after=_place(after)))

    return routes


def _place(given: str | None) -> str | None:
    """Return where a page begins."""
    if given is None:
        return None
    after = cursor.decode(given).get("entry")
    if not isinstance(after, str):
        raise not_this_list()
    return after
