"""Enrolling through the console: what it sends to the recognizer, and what its refusals become."""

from collections.abc import Callable
from html import unescape
from unittest.mock import AsyncMock

import httpx
import pytest

from console_site import Site
from onlooker_recognizer.people.collection.detecting import Detected, Detecting
from onlooker_recognizer.people.consent.consents import Given
from onlooker_recognizer.people.enrolment.enrolling import Enrolled, Enrolment, NewPerson, Picture
from onlooker_recognizer.people.enrolment.judging import NO_FACE
from onlooker_recognizer.people.enrolment.refusals import (
    AlreadyEnrolledError,
    ConsentMissingError,
    NameTakenError,
    PictureUnfitError,
)
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_shared.keys import Scope
from people_records import a_face_of
from recognitions import a_face

NEW = "/console/people/new"
JPEG = b"\xff\xd8\xff\xe0 " + bytes(range(256)) * 1000
HTMX = {"HX-Request": "true"}
Enrolling = Callable[..., AsyncMock]


@pytest.fixture
async def ada(site: Site) -> PersonRecord:
    names = site.installation.topology
    people = People(await site.installation.aws.client("dynamodb"), names.people.name, names.people_faces.name)
    return await people.create("Ada <b>")


@pytest.fixture
def enrolment(monkeypatch: pytest.MonkeyPatch, ada: PersonRecord) -> Enrolling:
    """Have the recognizer's enrolment answer that it is done, or fail so."""

    def answers(method: str, failing: Exception | None = None) -> AsyncMock:
        face = a_face_of(ada)
        done = AsyncMock(return_value=Enrolled(ada, (face,), 1), side_effect=failing)
        monkeypatch.setattr(Enrolment, method, done)
        return done

    return answers


async def send(
    somebody: httpx.AsyncClient, path: str = NEW, *pictures: bytes, headers: dict[str, str] | None = None, **fields: str
) -> httpx.Response:
    files = [("pictures", (f"{number}.jpg", data, "image/jpeg")) for number, data in enumerate(pictures)]
    if not files:
        files = [("pictures", ("", b"", "application/octet-stream"))]  # as browsers send an empty field
    return await somebody.post(path, data=fields, files=files, headers=headers)


async def test_pictures_name_and_consent_are_sent_on(site: Site, ada: PersonRecord, enrolment: Enrolling) -> None:
    enrol = enrolment("enrol")
    consent = {"given_by": " herself ", "purpose": "the door", "until": "2030-12-31"}
    async with site.signed_in() as somebody:
        answer = await send(somebody, NEW, JPEG, JPEG[::-1], name="Ada", **consent)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/people/{ada.person_id}")
        scripted = await send(somebody, NEW, JPEG, headers=HTMX, name="Ada", even_if_known="true", another="true")
        assert (scripted.status_code, scripted.headers["hx-redirect"]) == (204, f"/console/people/{ada.person_id}")
    first, second = enrol.call_args_list
    new, pictures = first.args
    assert (new.name, new.consent) == (
        "Ada",
        Given(given_by="herself", purpose="the door", until="2031-01-01T00:00:00+00:00"),
    )
    assert pictures == [Picture(JPEG), Picture(JPEG[::-1])]
    assert (first.kwargs["another"], first.kwargs["even_if_known"]) == (False, False)
    assert second.args[0] == NewPerson("Ada", {})
    assert (second.kwargs["another"], second.kwargs["even_if_known"]) == (True, True)


async def test_more_faces_are_added_to_somebody(site: Site, ada: PersonRecord, enrolment: Enrolling) -> None:
    add = enrolment("add")
    path = f"/console/people/{ada.person_id}"
    async with site.signed_in() as somebody:
        assert "Ada &lt;b&gt;" in (await somebody.get(f"{path}/add")).text
        assert f"{path}/add" in (await somebody.get(path)).text
        answer = await send(somebody, f"{path}/add", JPEG)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert add.call_args.args == (ada.person_id, [Picture(JPEG)])


async def test_what_is_refused_is_said_in_the_recognizers_words(site: Site, enrolment: Enrolling) -> None:
    enrolment("enrol", PictureUnfitError(NO_FACE, 2, 2))
    async with site.signed_in() as somebody:
        page = await send(somebody, NEW, JPEG, JPEG, name="<Zoë>", purpose="the door", given_by="she")
        fragment = await send(somebody, NEW, JPEG, JPEG, headers=HTMX, name="Zoë")
    assert page.status_code == 422
    assert f"Picture 2: {NO_FACE.words}" in unescape(page.text)
    assert 'value="&lt;Zoë&gt;"' in page.text
    assert 'value="the door"' in page.text
    assert fragment.status_code == 200
    assert NO_FACE.words in unescape(fragment.text)
    assert "<html" not in fragment.text


async def test_what_somebody_may_decide_is_asked(site: Site, ada: PersonRecord, enrolment: Enrolling) -> None:
    path = f"/console/people/{ada.person_id}/add"
    asked = [
        (AlreadyEnrolledError(ada, 97.6), ("98 % alike", path, 'name="even_if_known"')),
        (NameTakenError([ada]), ("is called so already", path, 'name="another"')),
        (ConsentMissingError(), ("without their consent",)),
    ]
    async with site.signed_in() as somebody:
        for refusal, words in asked:
            enrolment("enrol", refusal)
            answer = await send(somebody, NEW, JPEG, headers=HTMX, name="Ada")
            assert [each for each in words if each not in answer.text] == []


async def test_without_a_picture_with_too_many_or_half_a_consent_nothing_is_sent(
    site: Site, enrolment: Enrolling
) -> None:
    enrol = enrolment("enrol")
    async with site.signed_in() as somebody:
        none = await send(somebody, NEW, name="Ada")
        many = await send(somebody, NEW, *[JPEG[:100]] * 11, name="Ada")
        half = await send(somebody, NEW, JPEG, name="Ada", given_by="she")
        day = await send(somebody, NEW, JPEG, name="Ada", given_by="she", purpose="door", until="soon")
    assert [answer.status_code for answer in (none, many, half, day)] == [400] * 4
    for answer, words in ((none, "no picture yet"), (many, "11 pictures"), (half, "what for"), (day, "no date: soon")):
        assert words in answer.text
    enrol.assert_not_called()


async def test_a_live_view_is_told_whether_its_picture_would_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Detecting, "detect", AsyncMock(return_value=Detected(640, 480, (a_face(), a_face()))))
    async with site.signed_in() as somebody:
        answer = await somebody.post("/console/people/look", content=JPEG, headers={"Content-Type": "image/jpeg"})
        large = await somebody.post("/console/people/look", content=bytes(2_000_000))
        del somebody.headers["X-CSRF-Token"]
        forged = await somebody.post("/console/people/look", content=JPEG)
    seen = answer.json()
    assert (seen["reason"], seen["width"], len(seen["faces"])) == ("several_faces", 640, 2)
    assert (large.status_code, forged.status_code) == (413, 403)


async def test_the_camera_is_for_pages_that_take_pictures(site: Site) -> None:
    async with site.signed_in() as somebody:
        policies = {
            path: (await somebody.get(path)).headers["Permissions-Policy"].partition(",")[0]
            for path in (NEW, "/console/upload", "/console/people", "/console/pictures")
        }
    assert list(policies.values()) == ["camera=(self)", "camera=(self)", "camera=()", "camera=()"]


async def test_who_may_not_enrol_is_told_so(site: Site) -> None:
    key = await site.keys.create(owner="reader", scopes=[Scope.PEOPLE_READ, Scope.IMAGES_READ])
    async with site.signed_in(key) as somebody:
        assert "may not enrol people" in (await somebody.get(NEW)).text
        assert NEW not in (await somebody.get("/console/people")).text
        assert (await send(somebody, NEW, JPEG, name="Ada")).status_code == 403
