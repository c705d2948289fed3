"""The pages of people: whom they show, and what becomes of what is done on them; also on a picture's page."""

import hashlib
from html import unescape
from unittest.mock import AsyncMock
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from console_site import Site
from onlooker_recognizer.people.collection.collection import Collection
from onlooker_recognizer.people.identification.naming import as_person
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, State
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Scope
from onlooker_shared.recognition import Face
from onlooker_shared.results import Results, StoredResult
from people_records import a_face_of, an_id
from recognitions import NOON, a_face, a_recognition, recognized

JPEG = b"\xff\xd8\xff\xe0 a face"
HOSTILE = "<img src=x onerror=alert(1)>\"'{{7*7}}"


@pytest.fixture
async def people(site: Site) -> People:
    names = site.installation.topology
    return People(await site.installation.aws.client("dynamodb"), names.people.name, names.people_faces.name)


@pytest.fixture
def _without_rekognition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody here is in a collection, so nothing is lost if it is not told of a merge."""
    monkeypatch.setattr(Collection, "delete_user", AsyncMock())


@pytest.fixture
def unique(request: pytest.FixtureRequest) -> str:
    """A name that nobody else has: all tests share one site."""
    return f"Ada {hashlib.md5(request.node.name.encode()).hexdigest()[:8]}"


async def a_known_face(site: Site, people: People, person: PersonRecord) -> FaceRecord:
    """A face with its picture."""
    face = a_face_of(person)
    s3 = await site.installation.aws.client("s3")
    await s3.put_object(
        Bucket=site.installation.topology.results.name, Key=face.crop, Body=JPEG, ContentType="image/jpeg"
    )
    await people.add_face(face)
    return face


async def a_picture(site: Site, name: str, *faces: Face) -> ImageRef:
    """A recognized picture with these faces."""
    image = ImageRef.of(
        bucket=site.installation.topology.images.name,
        key=f"{name}.jpg",
        etag=hashlib.md5(name.encode()).hexdigest(),
        size=1,
        uploaded_at=NOON,
    )
    results = Results(await site.installation.aws.client("s3"), site.installation.topology.results.name)
    await results.put(StoredResult(image=image, recognition=a_recognition(*faces), rekognition={}))
    return image


async def face_in(site: Site, image: ImageRef) -> Face:
    """The only face of a picture, as it is told now."""
    results = Results(await site.installation.aws.client("s3"), site.installation.topology.results.name)
    [face] = (await results.get(image.image_id)).recognition.faces
    return face


async def told_after(somebody: httpx.AsyncClient, answer: httpx.Response) -> str:
    """The page that an answer leads to."""
    assert answer.status_code == 303, answer.text
    return unescape((await somebody.get(answer.headers["Location"])).text)


# -- everybody ---------------------------------------------------------------------------------------------------------


async def test_people_are_searched_and_told_apart_from_strangers(site: Site, people: People, unique: str) -> None:
    ada, stranger = await people.create(unique), await people.create_unknown()
    face = await a_known_face(site, people, ada)
    async with site.signed_in() as somebody:
        found = (await somebody.get("/console/people", params={"q": unique.upper()})).text
        unknown = (await somebody.get("/console/people", params={"show": "unknown"})).text
        picture = await somebody.get(f"/console/people/{ada.person_id}/faces/{face.face_id}/picture")
    assert f'href="/console/people/{ada.person_id}"' in found
    assert f"/console/people/{ada.person_id}/faces/{face.face_id}/picture" in found
    assert stranger.person_id not in found
    assert f'action="/console/people/{stranger.person_id}/name"' in unknown
    assert ada.person_id not in unknown
    assert (picture.content, picture.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert "sandbox" in picture.headers["Content-Security-Policy"]


async def test_who_is_not_there_is_told_with_what_to_do(site: Site) -> None:
    async with site.signed_in() as somebody:
        nobody = await somebody.get("/console/people", params={"q": "nobody is called so"})
        hidden = await somebody.get("/console/people", params={"show": "hidden", "q": ""})
        cursor = await somebody.get("/console/people", params={"cursor": "nonsense"})
        gone = await somebody.get(f"/console/people/{an_id()}")
    assert "Nobody is called so" in nobody.text
    assert hidden.status_code == 200
    assert (cursor.status_code, gone.status_code) == (400, 404)
    assert "There is no person" in gone.text


async def test_names_of_strangers_are_text(site: Site, people: People) -> None:
    ada = await people.create(HOSTILE)
    async with site.signed_in() as somebody:
        for path in (f"people?q={HOSTILE[:4]}", f"people/{ada.person_id}", f"people/merge?person={ada.person_id}"):
            page = (await somebody.get(f"/console/{path}")).text
            assert "<img src=x" not in page
            assert "&lt;img src=x" in page, path
    await people.delete(ada.person_id)  # the site is for all tests


async def test_a_key_that_may_only_read_is_offered_nothing_to_change(site: Site, people: People, unique: str) -> None:
    stranger = await people.create_unknown()
    await a_known_face(site, people, stranger)
    reader = await site.keys.create(owner="reader", scopes=[Scope.PEOPLE_READ])
    async with site.signed_in(reader) as somebody:
        pages = [(await somebody.get(f"/console/people{path}")).text for path in ("", f"/{stranger.person_id}")]
        refused = await somebody.post(f"/console/people/{stranger.person_id}/name", data={"name": unique})
    for page in pages:
        assert stranger.name in page
        assert 'class="naming"' not in page
        assert "Change" not in page
    assert refused.status_code == 403
    blind = await site.keys.create(owner="blind", scopes=[Scope.TAGS_READ])
    async with site.signed_in(blind) as somebody:
        page = await somebody.get("/console/people")
    assert (page.status_code, "people:read" in page.text) == (403, True)


# -- names -------------------------------------------------------------------------------------------------------------


async def test_a_stranger_gets_a_name_with_and_without_script(site: Site, people: People, unique: str) -> None:
    one, other = await people.create_unknown(), await people.create_unknown()
    async with site.signed_in() as somebody:
        card = await somebody.post(
            f"/console/people/{one.person_id}/name",
            data={"name": unique, "version": one.version},
            headers={"HX-Request": "true"},
        )
        page = await told_after(
            somebody, await somebody.post(f"/console/people/{other.person_id}/name", data={"name": f" {unique} II "})
        )
    assert unique in card.text
    assert "Named" in card.text
    assert "<html" not in card.text
    assert f"{unique} II is named." in page
    assert [(await people.get(each.person_id)).state for each in (one, other)] == [State.KNOWN] * 2


async def test_who_changed_meanwhile_is_not_named_over(site: Site, people: People, unique: str) -> None:
    stranger = await people.create_unknown()
    await people.change(stranger.person_id, name=unique, state=State.KNOWN)
    async with site.signed_in() as somebody:
        answer = await somebody.post(
            f"/console/people/{stranger.person_id}/name",
            data={"name": "Eve", "version": stranger.version},
            headers={"Referer": f"{site.url}/console/people/{stranger.person_id}"},
        )
    assert f'class="button" href="/console/people/{stranger.person_id}">Back<' in answer.text
    assert (answer.status_code, "Somebody else changed them" in answer.text, "ETag" in answer.text) == (
        412,
        True,
        False,
    )
    assert (await people.get(stranger.person_id)).name == unique


async def test_a_name_that_somebody_has_asks_whether_they_are_one(site: Site, people: People, unique: str) -> None:
    ada, stranger = await people.create(unique), await people.create_unknown()
    form = {"name": unique.lower()}
    async with site.signed_in() as somebody:
        answer = await somebody.post(f"/console/people/{stranger.person_id}/name", data=form)
        asked = await told_after(somebody, answer)
        scripted = await somebody.post(
            f"/console/people/{stranger.person_id}/name", data=form, headers={"HX-Request": "true"}
        )
        another = await somebody.post(
            f"/console/people/{stranger.person_id}/name", data={"name": unique, "another": "true"}
        )
    assert f"Somebody is called {unique} already" in asked
    assert f'value="{ada.person_id}" required checked' in asked
    assert scripted.headers["HX-Redirect"] == answer.headers["Location"]
    assert unique not in answer.headers["Location"], "names are in no address"
    assert another.headers["Location"] == f"/console/people/{stranger.person_id}"
    assert (await people.get(stranger.person_id)).name == unique


# -- merging -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_without_rekognition")
async def test_those_who_are_chosen_are_asked_about_and_merged(site: Site, people: People, unique: str) -> None:
    ada, stranger = await people.create(unique), await people.create_unknown()
    ids = {"person": [stranger.person_id, ada.person_id]}
    async with site.signed_in() as somebody:
        asked = (await somebody.get("/console/people/merge", params=ids)).text
        by_name = await somebody.get("/console/people/merge", params={"person": stranger.person_id, "name": unique})
        alone = await somebody.get("/console/people/merge", params={"person": stranger.person_id, "name": "Nobody"})
        answer = await somebody.post("/console/people/merge", data={**ids, "into": ada.person_id})
        page = await told_after(somebody, answer)
        old = await somebody.get(f"/console/people/{stranger.person_id}")
    assert f'value="{ada.person_id}" required checked' in asked
    assert ada.person_id in by_name.text
    assert "Nobody else is called" in alone.text
    assert "They are one person now." in page
    assert old.headers["Location"] == f"/console/people/{ada.person_id}"
    assert (await people.get(stranger.person_id)).merged_into == ada.person_id


# -- one person --------------------------------------------------------------------------------------------------------


async def test_a_person_s_page_has_their_pictures_and_faces(site: Site, people: People, unique: str) -> None:
    ada = await people.create(unique, attributes={"Bio": "Counts."}, external_id="e-17")
    face = await a_known_face(site, people, ada)
    image = ImageRef.of(bucket="images", key=f"{unique}.jpg", etag="a" * 32, size=1, uploaded_at=NOON)
    namesake = an_id()
    await site.index(
        recognized(image, a_face(name=unique, person_id=ada.person_id), a_face(name=unique, person_id=namesake))
    )
    async with site.signed_in() as somebody:
        page = (await somebody.get(f"/console/people/{ada.person_id}")).text
        gallery = (await somebody.get("/console/pictures", params={"person_id": ada.person_id})).text
    for words in (unique, "Counts.", "e-17", "November 2026", face.face_id, "Enrolled"):
        assert words in page
    assert f"/console/pictures/{image.image_id}?person_id={ada.person_id}" in page
    assert f'data-id="{image.image_id}"' in gallery
    assert f"/console/pictures?person_id={ada.person_id}&amp;person_id={namesake}" in page
    assert f'<span class="chip-text" dir="auto">{unique}</span>' in gallery


async def test_who_is_hidden_is_said_so_and_can_be_shown_again(site: Site, people: People, unique: str) -> None:
    ada = await people.create(unique)
    async with site.signed_in() as somebody:
        hidden = await told_after(
            somebody, await somebody.post(f"/console/people/{ada.person_id}/state", data={"state": "ignored"})
        )
        listed = (await somebody.get("/console/people", params={"show": "hidden"})).text
        await somebody.post(f"/console/people/{ada.person_id}/state", data={"state": "known"})
    assert "Hidden: not shown in pictures" in hidden
    assert ada.person_id in listed
    assert (await people.get(ada.person_id)).state is State.KNOWN


async def test_a_face_is_shown_for_somebody_and_others_are_asked_about_first(
    site: Site, people: People, unique: str
) -> None:
    ada = await people.create(unique)
    faces = [await a_known_face(site, people, ada) for _ in range(2)]
    path = f"/console/people/{ada.person_id}"
    async with site.signed_in() as somebody:
        await told_after(somebody, await somebody.post(f"{path}/faces", data={"do": "cover", "face": faces[1].face_id}))
        cover = await somebody.get(f"{path}/cover")
        asked = await somebody.post(f"{path}/faces", data={"do": "remove", "face": [each.face_id for each in faces]})
        nothing = await somebody.post(f"{path}/faces", data={"do": "remove"})
    assert (await people.get(ada.person_id)).cover == faces[1].face_id
    assert cover.content == JPEG
    assert "these are all of their faces" in asked.text
    assert len((await people.get(ada.person_id)).face_ids) == 2, "nothing is forgotten yet"
    assert (nothing.status_code, "Choose at least one face" in nothing.text) == (400, True)


async def test_somebody_without_a_face_has_a_silhouette(site: Site, people: People, unique: str) -> None:
    ada = await people.create(unique)
    async with site.signed_in() as somebody:
        cover = await somebody.get(f"/console/people/{ada.person_id}/cover")
        page = await somebody.get(f"/console/people/{ada.person_id}")
    assert cover.headers["Content-Type"] == "image/svg+xml"
    assert "Add pictures of them." in page.text


# -- a picture's page --------------------------------------------------------------------------------------------------


async def test_a_face_in_a_picture_gets_a_name(site: Site, people: People, unique: str) -> None:
    image = await a_picture(site, unique, a_face())
    async with site.signed_in() as somebody:
        before = (await somebody.get(f"/console/pictures/{image.image_id}")).text
        answer = await somebody.post(
            f"/console/pictures/{image.image_id}/faces/1/name?label=Cat", data={"name": unique}
        )
        page = await told_after(somebody, answer)
        none = await somebody.post(f"/console/pictures/{image.image_id}/faces/2/name", data={"name": unique})
    place = urlsplit(answer.headers["Location"])
    assert f'action="/console/pictures/{image.image_id}/faces/1/name"' in before
    assert (place.path, place.fragment) == (f"/console/pictures/{image.image_id}", "face-1")
    assert parse_qs(place.query) == {"label": ["Cat"]}
    assert f"This is {unique} from now on." in page
    assert f"Not {unique}</button>" in page
    assert none.status_code == 404


async def test_a_stranger_who_is_named_in_a_picture_is_named_everywhere(
    site: Site, people: People, unique: str
) -> None:
    stranger = await people.create_unknown()
    image = await a_picture(site, unique, a_face().model_copy(update={"person": as_person(stranger, 97.0)}))
    async with site.signed_in() as somebody:
        await told_after(
            somebody,
            await somebody.post(f"/console/pictures/{image.image_id}/faces/1/name", data={"name": unique}),
        )
    face = await face_in(site, image)
    assert face.person is not None
    assert (face.person.person_id, face.person.name, face.person.known) == (stranger.person_id, unique, True)
    assert (await people.get(stranger.person_id)).name == unique


@pytest.mark.usefixtures("_without_rekognition")
async def test_candidates_are_the_same_or_not_and_a_name_can_be_taken_back(
    site: Site, people: People, unique: str
) -> None:
    ada, eve, stranger = await people.create(unique), await people.create(f"{unique} E"), await people.create_unknown()
    candidates = (as_person(ada, 82.0), as_person(eve, 75.0))
    image = await a_picture(
        site,
        unique,
        a_face().model_copy(update={"person": as_person(stranger, 97.0), "candidates": candidates}),
    )
    path = f"/console/pictures/{image.image_id}"
    async with site.signed_in() as somebody:
        page = (await somebody.get(path)).text
        await somebody.post(f"{path}/faces/1/other", data={"person": eve.person_id})
        assert [each.name for each in (await face_in(site, image)).candidates] == [unique]
        await somebody.post(f"{path}/faces/1/same", data={"person": ada.person_id})
        same = await face_in(site, image)
        await somebody.post(f"{path}/faces/1/other", data={"person": ada.person_id})
    assert 'aria-label="Perhaps ' in page
    assert f"/console/people/{ada.person_id}/cover" in page
    assert same.person is not None
    assert (same.person.name, same.candidates) == (unique, ())
    assert (await people.get(stranger.person_id)).merged_into == ada.person_id
    last = await face_in(site, image)
    assert last.person is None
    assert {ada.person_id, eve.person_id} <= set(last.denied)


async def test_where_a_face_is_can_be_told_in_numbers_without_script(site: Site, people: People, unique: str) -> None:
    image = await a_picture(site, unique, a_face())
    path, place = f"/console/pictures/{image.image_id}", {"left": 10, "top": 20, "width": 30, "height": 40}
    reader = await site.keys.create(owner="reader", scopes=[Scope.PEOPLE_READ, Scope.RECOGNITIONS_READ])
    async with site.signed_in() as somebody:
        answer = await somebody.post(f"{path}/faces?label=Cat", data={"name": f" {unique} ", **place})
        page = await told_after(somebody, answer)
        outside = await somebody.post(f"{path}/faces", data={"name": unique, **place, "left": 80})
        nowhere = await somebody.post(f"{path}/faces", data={"name": unique, **place, "left": "NaN"})
    async with site.signed_in(reader) as somebody:
        not_offered = (await somebody.get(path)).text
    face = await face_in(site, image)  # of one that is there, it is said whose it is
    assert answer.headers["Location"] == f"{path}?label=Cat#face-1"
    assert face.person is not None
    assert (face.person.name, face.drawn) == (unique, False)
    assert f"This is {unique} from now on." in page
    assert (outside.status_code, "sticks out of the picture" in outside.text) == (400, True)
    assert nowhere.status_code == 422
    assert f'action="{path}/faces"' in page.replace("?label=Cat", "")
    assert f'action="{path}/faces"' not in not_offered
