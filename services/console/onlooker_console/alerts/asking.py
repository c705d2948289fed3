"""Has the notifier change rules and channels, and says in words what it does not take."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic_core import from_json

from onlooker_console.apis import Api, RefusedError
from onlooker_shared.errors import ForbiddenError

CHANGED = "Somebody else changed it since you opened it. What you see here is not saved: open it anew, then decide."
CHANGED_LISTED = "Somebody else changed it meanwhile. Here it is as it is now: look, then decide."
MOST_FAULTS = 10


async def change(
    api: Api, method: str, path: str, json: Any = None, *, version: str, stale: str = CHANGED_LISTED
) -> Any:
    """Change what is at a path if it still has a version, and return its new document, if it has one.

    `stale` is what is said if it has not: where the page that says so shows it as it is now, and where it does not.

    Raises:
        RefusedError: the notifier does not take it, or somebody changed it since.
        ApiError: it does not answer.
    """
    headers = {"If-Match": f'"{version}"'}
    try:
        async with api.stream(method, path, headers=headers, json=json) as answer:
            body = await answer.aread()
    except RefusedError as refusal:
        if refusal.status != HTTPStatus.PRECONDITION_FAILED:
            raise
        raise RefusedError(refusal.status, stale, problem_id=refusal.problem_id) from refusal
    return from_json(body) if body else None


def faults(refusal: RefusedError, labels: Mapping[str, str]) -> list[str]:
    """Return what is wrong with what was sent, each fault with the name of its field.

    Args:
        refusal: the notifier's.
        labels: of fields, by what the notifier calls them; of others the place is told.
    """
    told = refusal.answer.get("errors") if isinstance(refusal.answer, dict) else None
    if not told:
        return [refusal.detail]
    words = (f"{_place(each['location'], labels)}: {each['message']}." for each in told)
    return list(dict.fromkeys(words))[:MOST_FAULTS]


def check(may: bool) -> None:
    """Return if somebody may change rules and channels; the notifier would refuse it when they have filled the form."""
    if not may:
        raise ForbiddenError("Only an access key with the scope alerts:write can change rules and channels.")


def _place(location: str, labels: Mapping[str, str]) -> str:
    parts = location.split(".")[1:]
    named = next((labels[part] for part in reversed(parts) if part in labels), None)
    return named or _path(parts) or "It"


def _path(parts: Iterable[str]) -> str:
    return "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in parts).lstrip(".")
