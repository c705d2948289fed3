"""The form by which somebody is enrolled: some pictures of their face, and what is told of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

import httpx
from pydantic_core import from_json, to_json
from starlette.datastructures import FormData, UploadFile

from onlooker_console.addresses import MAX_NAME
from onlooker_console.apis import REASON_MISSING, Api, RefusedError
from onlooker_console.people.asking import NAME_TAKEN
from onlooker_console.people.cards import PATH
from onlooker_console.reasons import said
from onlooker_shared.errors import BadRequestError

MOST = 10
"""Pictures that the recognizer takes at once."""
ALREADY_ENROLLED, CONSENT_MISSING = "already_enrolled", "consent_missing"
"""Reasons of refusals that somebody may decide about: it is somebody else; they agree."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was sent.

    Attributes:
        even_if_known: whether somebody else may be known by such a face.
        another: whether somebody else may be called so.
        until: the last day of the consent, as the form has it; empty: it has none.
        why: the reason for it, if it was asked for here.
    """

    name: str = ""
    given_by: str = ""
    purpose: str = ""
    until: str = ""
    why: str = ""
    even_if_known: bool = False
    another: bool = False
    pictures: tuple[UploadFile, ...] = ()

    @classmethod
    def read(cls, form: FormData) -> "Wish":
        """Return a form's content."""
        return cls(
            name=_text(form, "name")[:MAX_NAME],
            given_by=_text(form, "given_by"),
            purpose=_text(form, "purpose"),
            until=_text(form, "until"),
            why=said(_text(form, "why")),
            even_if_known="even_if_known" in form,
            another="another" in form,
            pictures=tuple(each for each in form.getlist("pictures") if isinstance(each, UploadFile) and each.filename),
        )

    @property
    def consent(self) -> dict[str, str] | None:
        """What they agreed to, for the recognizer; None if nothing is told of it. Raises BadRequestError."""
        if not (self.given_by or self.purpose or self.until):
            return None
        return consent(self.given_by, self.purpose, self.until)


def consent(given_by: str, purpose: str, until: str) -> dict[str, str]:
    """Return a consent as the recognizer takes it; it holds to the end of its last day, UTC.

    Raises:
        BadRequestError: something is missing, or the day is none.
    """
    if not (given_by.strip() and purpose.strip()):
        raise BadRequestError("Of a consent it has to be told who gave it, and what for.")
    told = {"given_by": given_by.strip(), "purpose": purpose.strip()}
    if until:
        try:
            last = date.fromisoformat(until)
        except ValueError as error:
            raise BadRequestError(f"The consent's last day is no date: {until[:20]}.") from error
        told["until"] = datetime.combine(last + timedelta(days=1), time(), UTC).isoformat()
    return told


def last_day(until: str | None) -> str:
    """Return the last day of a consent that holds until a time, as whoever entered it knows it; empty: it has none.

    One that ends within a day, as other programs may say it, has that day.
    """
    if not until:
        return ""
    return (datetime.fromisoformat(until).astimezone(UTC) - timedelta(microseconds=1)).date().isoformat()


async def enrol(api: Api, wish: Wish, person_id: str | None) -> Any:
    """Enrol somebody, or add to their faces; return what the recognizer answers.

    Args:
        api: the services.
        wish: what was sent.
        person_id: who they are, if they are known already.

    Raises:
        BadRequestError: there is no picture, there are too many, or the consent is not whole.
        RefusedError: the recognizer does not take it; `refused` says what can be done.
        ApiError: it does not answer.
    """
    if not wish.pictures:
        raise BadRequestError("There is no picture yet: take one, or choose one.")
    if len(wish.pictures) > MOST:
        raise BadRequestError(f"These are {len(wish.pictures)} pictures; {MOST} are taken at once.")
    given = wish.consent
    fields = {"consent": to_json(given).decode()} if given else {}
    if person_id is None:
        fields["name"] = wish.name
    body = httpx.Request(  # never sent: it knows how a form is written
        "POST",
        "http://recognizer",
        data=fields,
        files=[("pictures", (each.filename or "picture", each.file)) for each in wish.pictures],
    )
    headers = {name: body.headers[name] for name in ("Content-Type", "Content-Length")}
    asked = {"even_if_known": wish.even_if_known} | ({"another": wish.another} if person_id is None else {})
    path = "/people" if person_id is None else f"/people/{person_id}/faces"
    assert isinstance(body.stream, httpx.AsyncByteStream)  # noqa: S101 - of a form it is both kinds of stream
    async with api.stream("POST", path, parameters=asked, headers=headers, content=aiter(body.stream)) as answer:
        return from_json(await answer.aread())


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nobody was enrolled.

    Attributes:
        words: the recognizer's own.
        reason: for which somebody may decide what to do; empty where there is nothing to decide.
        person_id: of whom it is about; empty if of nobody. Likewise `name`.
        similarity: of the face to theirs, in percent.
    """

    words: str
    status: HTTPStatus = HTTPStatus.BAD_REQUEST
    reason: str = ""
    person_id: str = ""
    name: str = ""
    similarity: float = 0.0

    @property
    def path(self) -> str:
        """The page of whom it is about."""
        return f"{PATH}/{self.person_id}"


def refused(refusal: RefusedError) -> Refused:
    """Return what a refusal says, and what can be decided about it."""
    told = refusal.answer if isinstance(refusal.answer, dict) else {}
    reason = told.get("reason")
    if reason == REASON_MISSING:
        return Refused(refusal.detail, refusal.status, reason)
    if refusal.status != HTTPStatus.CONFLICT or reason not in {NAME_TAKEN, ALREADY_ENROLLED, CONSENT_MISSING}:
        return Refused(refusal.detail, refusal.status)
    return Refused(
        refusal.detail,
        refusal.status,
        reason,
        told.get("person_id", ""),
        told.get("name", ""),
        told.get("similarity", 0.0),
    )


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""
