"""Asks the recognizer about people, and has it change them."""

import asyncio
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic_core import from_json

from onlooker_console.apis import Api, RefusedError
from onlooker_console.people.cards import Card, card

NAME_TAKEN = "name_taken"
"""The reason of a refusal: somebody is called so already."""
CHANGED = "Somebody else changed them since you looked at them. Look at them again, then decide."
SUGGESTED = 200
"""Names that a field completes, at most."""


async def get(api: Api, person_id: str) -> Any:
    """Return somebody's document; of who was merged, that of who they are now. Raises ApiError."""
    person = await api.get(f"/people/{person_id}")
    return await api.get(f"/people/{person['merged_into']}") if person["merged_into"] else person


async def cards(api: Api, person_ids: Iterable[str]) -> tuple[Card, ...]:
    """Return people's cards, each once, merged ones as who they are now. Raises ApiError."""
    found = await asyncio.gather(*(get(api, person_id) for person_id in dict.fromkeys(person_ids)))
    return tuple({each["person_id"]: card(each) for each in found}.values())


async def called(api: Api, name: str) -> tuple[Card, ...]:
    """Return those who are called so, in any case of letters. Raises ApiError."""
    listed = await api.get("/people", {"q": name[:SUGGESTED], "limit": SUGGESTED})
    return tuple(card(each) for each in listed["people"] if each["name"].casefold() == name.casefold())


async def change(
    api: Api, person_id: str, fields: Mapping[str, Any], *, version: int | None = None, another: bool = False
) -> Any:
    """Change what is told of somebody, and return their document.

    Args:
        api: the services.
        person_id: whom.
        fields: what is to be otherwise.
        version: what the change was decided by; None: whatever it is by now.
        another: whether somebody else may be called so already.

    Raises:
        RefusedError: the recognizer does not take it, or somebody changed them since.
        ApiError: it does not answer.
    """
    decided_by = {} if version is None else {"If-Match": f'"{version}"'}
    asked = api.stream(
        "PATCH", f"/people/{person_id}", parameters={"another": another}, headers=decided_by, json=dict(fields)
    )
    try:
        async with asked as answer:
            return from_json(await answer.aread())
    except RefusedError as refusal:
        if refusal.status != HTTPStatus.PRECONDITION_FAILED:
            raise
        raise RefusedError(refusal.status, CHANGED, problem_id=refusal.problem_id) from refusal


def namesakes(refusal: RefusedError) -> list[str]:
    """Return the ids of those who are called so already, where that is why a name was refused; else none."""
    answer = refusal.answer
    if refusal.status != HTTPStatus.CONFLICT or not isinstance(answer, dict) or answer.get("reason") != NAME_TAKEN:
        return []
    return [each["person_id"] for each in answer.get("people", ())]


async def merge(api: Api, person_ids: Iterable[str], into: str) -> None:
    """Make people one of them; what is interrupted is finished by asking for the same again. Raises ApiError."""
    for person_id in dict.fromkeys(person_ids):
        if person_id != into:
            await api.send("POST", f"/people/{person_id}/merge", json={"into": into})
