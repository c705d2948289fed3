"""Where people are shown to nobody who does not say why, the console asks once, and notes it with what is done."""

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from console_site import Site, running
from installation import Installation
from onlooker_console.reasons import COOKIE
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord
from recognitions import NOON

WHY = "Ωhra asks <what> is stored"


@pytest.fixture
async def strict(installed: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_REASON", "required")
    async with running(installed, tmp_path / "index.sqlite3") as made:
        yield made


@pytest.fixture
async def ada(strict: Site) -> PersonRecord:
    names = strict.installation.topology
    people = People(await strict.installation.aws.client("dynamodb"), names.people.name, names.people_faces.name)
    return await people.create("Ada Reasoned")


async def test_a_reason_is_asked_for_once_and_goes_along(strict: Site, ada: PersonRecord) -> None:
    wanted = f"/console/people/{ada.person_id}?from=afar"
    async with strict.signed_in() as somebody:
        asked = await somebody.get(wanted)
        target = urlsplit(asked.headers["Location"])
        assert (asked.status_code, target.path) == (303, "/console/people/reason")
        assert parse_qs(target.query) == {"to": [wanted], "needed": ["true"]}
        by_script = await somebody.get("/console/people/names", headers={"HX-Request": "true"})
        assert by_script.headers["HX-Redirect"].startswith(target.path)
        form = {"name": "Grace Reasoned"}
        enrolling = await somebody.post("/console/people/new", data=form, files={"pictures": ("x.jpg", b"no picture")})
        assert 'name="why"' in enrolling.text

        assert (await somebody.get(str(asked.headers["Location"]))).status_code == 200
        blank = await somebody.post(target.path, data={"reason": " \t", "to": wanted})
        assert (await somebody.get(blank.headers["Location"])).status_code == 303
        said = await somebody.post(target.path, data={"reason": f"  {WHY}\n", "to": wanted})
        assert said.headers["Location"] == wanted
        page = await somebody.get(wanted)
        assert (page.status_code, WHY in unescape(page.text), WHY in page.text) == (200, True, False)
        enrolling = await somebody.post("/console/people/new", data=form, files={"pictures": ("x.jpg", b"no picture")})
        assert 'name="why"' not in enrolling.text
        kept = somebody.cookies[COOKIE]
    audit = Audit(
        await strict.installation.aws.client("dynamodb"),
        strict.installation.topology.people_audit.name,
        clock=lambda: NOON,
    )
    (entry, *_) = (await audit.of_person(ada.person_id, limit=5)).entries
    assert (entry.action, entry.reason) == (Action.READ, WHY)

    async with strict.signed_in() as next_one:
        next_one.cookies.set(COOKIE, kept, path="/console")
        assert (await next_one.get(wanted)).status_code == 303


async def test_a_reason_leads_to_no_other_site(strict: Site) -> None:
    async with strict.signed_in() as somebody:
        said = await somebody.post("/console/people/reason", data={"reason": WHY, "to": "https://elsewhere.example/"})
        assert said.headers["Location"] == "/console/pictures"
        assert (await somebody.post("/console/signout")).headers.get_list("Set-Cookie")[1].startswith(f'{COOKIE}=""')
