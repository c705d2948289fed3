"""Those who may be one: what the page asks, and what becomes of the answer. The recognizer's part is played here."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest

from console_site import Site
from onlooker_console.apis import Api, RefusedError
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_recognizer.people.registry.views import Person
from onlooker_shared.keys import Scope
from people_records import a_face_id, a_person, a_stranger, an_id

PAGE = "/console/people/suggestions"
HOSTILE = "<img src=x onerror=alert(1)>"


@dataclass
class Recognizer:
    """Knows pairs, and notes what is said of them."""

    pairs: list[dict[str, Any]] = field(default_factory=list)
    said: dict[str, bool] = field(default_factory=dict)

    def suggest(self, keep: PersonRecord, other: PersonRecord, similarity: float = 91.4) -> str:
        """Have two be alike; returns the pair's id."""
        self.pairs.append(
            {
                "suggestion_id": an_id(),
                "similarity": similarity,
                "suggested_at": "2026-11-20T12:00:00Z",
                "one": Person.of(other).model_dump(mode="json"),
                "other": Person.of(keep).model_dump(mode="json"),
                "one_face_id": a_face_id(),
                "other_face_id": a_face_id(),
                "keep": keep.person_id,
            }
        )
        return str(self.pairs[-1]["suggestion_id"])

    def answer(self, method: str, path: str, parameters: Any, json: Any) -> Any:
        """Do what is asked."""
        if path.endswith("/count"):
            return {"count": len(self.pairs)}
        if method == "GET":
            start = int(parameters.get("cursor") or 0)
            end = start + parameters["limit"]
            return {"suggestions": self.pairs[start:end], "cursor": str(end) if end < len(self.pairs) else None}
        suggestion_id = path.rpartition("/")[2]
        if suggestion_id not in {each["suggestion_id"] for each in self.pairs}:
            raise RefusedError(404, "There is no such suggestion (any more).")
        self.said[suggestion_id] = json["same"]
        self.pairs = [each for each in self.pairs if each["suggestion_id"] != suggestion_id]
        return None


@pytest.fixture
def recognizer(monkeypatch: pytest.MonkeyPatch) -> Recognizer:
    """What is asked of suggestions is answered by it."""
    played, send = Recognizer(), Api.send

    async def answered(api: Api, method: str, path: str, parameters: Any = None, json: Any = None, **more: Any) -> Any:
        if path.startswith("/people/suggestions"):
            return played.answer(method, path, parameters, json)
        return await send(api, method, path, parameters, json, **more)

    monkeypatch.setattr(Api, "send", answered)
    return played


SaidIn = Callable[[str], str]


@pytest.fixture
def words() -> SaidIn:
    """What a page says, without its tags."""

    def said(page: str) -> str:
        return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())

    return said


async def test_pair_after_pair_is_decided_without_script(site: Site, recognizer: Recognizer, words: SaidIn) -> None:
    ada, stranger, other = a_person("Ada"), a_stranger(17), a_stranger(18)
    first, second = recognizer.suggest(ada, stranger), recognizer.suggest(stranger, other, 88.0)
    async with site.signed_in() as somebody:
        page = (await somebody.get(PAGE)).text
        count = (await somebody.get(f"{PAGE}/count")).text
        answer = await somebody.post(f"{PAGE}/{first}", data={"answer": "same"})
        following = (await somebody.get(answer.headers["Location"])).text
        await somebody.post(f"{PAGE}/{second}", data={"answer": "other"})
        done = (await somebody.get(PAGE)).text
        none = (await somebody.get(f"{PAGE}/count")).text
    assert "91 % alike" in words(page)
    assert "If they are the same, they are called Ada from then on." in words(page)
    assert f"/console/people/{stranger.person_id}/faces/" in page
    assert words(count) == "2 pairs"
    assert answer.status_code == 303
    assert "They are one person now." in following
    assert "Unknown 18" in following
    assert "Nobody looks like somebody else" in done
    assert words(none) == ""
    assert recognizer.said == {first: True, second: False}


async def test_a_pair_is_put_off_and_stays_so_while_others_are_decided(
    site: Site, recognizer: Recognizer, words: SaidIn
) -> None:
    first = recognizer.suggest(a_person("Ada"), a_person("Eve"))
    second = recognizer.suggest(a_person("Bob"), a_stranger())
    async with site.signed_in() as somebody:
        page = (await somebody.get(PAGE)).text
        later = (await somebody.get(PAGE, params={"cursor": "1"})).text
        answer = await somebody.post(f"{PAGE}/{second}", data={"answer": "other", "cursor": "1"})
        end = (await somebody.get(answer.headers["Location"])).text
        gone = await somebody.post(f"{PAGE}/{second}", data={"answer": "same"})
        back = (await somebody.get(gone.headers["Location"])).text
    assert f'href="{PAGE}?cursor=1"' in page
    assert "called Ada from then on; the name Eve goes." in words(page)
    assert "Bob" in later
    assert "That was the last pair" in end
    assert "There is no such suggestion (any more)." in back
    assert first in back


async def test_who_may_not_decide_is_offered_no_answer_and_names_are_text(site: Site, recognizer: Recognizer) -> None:
    recognizer.suggest(a_person(HOSTILE), a_stranger())
    reader = await site.keys.create(owner="reader", scopes=[Scope.PEOPLE_READ])
    async with site.signed_in(reader) as somebody:
        page = (await somebody.get(PAGE)).text
    assert "people:write" in page
    assert "pair-answers" not in page
    assert HOSTILE not in page
    assert "&lt;img src=x" in page
