"""Names that are hard on software: taken as they are, or refused with words, at every door."""

import base64

import pytest

from people_past import Past, past_of, place, served
from people_records import an_id
from recognizer_stage import Stage, jpeg

LONG = "Nadia " * 50
"""300 characters."""
TURNED = "\u202egpj.exe"
"""Its first character has what comes after be read backwards."""
TAKEN = ("أليس بنت محمد", "שרה <b>כהן</b> & Co.", "<script>alert('x')</script>", "{{7*7}} %s ' OR 1=1 --", "👩‍👩‍👧")


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


async def test_a_name_of_any_script_or_with_markup_is_data(past: Past) -> None:
    strangers = [await past.people.create_unknown() for _ in TAKEN]
    image_id = await past.seen("party.jpg", *strangers)

    async with served(past) as here, here.client() as client:
        for name, stranger in zip(TAKEN, strangers, strict=True):
            answer = await client.patch(f"/people/{stranger.person_id}", json={"name": name})
            assert (answer.status_code, answer.json()["name"]) == (200, name)
        await past.done()
        for name, stranger in zip(TAKEN, strangers, strict=True):
            listed = await client.get("/people", params={"q": name})
            assert [person["person_id"] for person in listed.json()["people"]] == [stranger.person_id]
            assert listed.headers["content-type"] == "application/json"

    assert await past.names(image_id) == list(TAKEN)


@pytest.mark.parametrize("name", [LONG, TURNED, "\u200b", "a\x00b"])
async def test_what_is_no_name_is_refused_at_every_door_and_nobody_is_made(past: Past, name: str) -> None:
    alice = await past.people.create("Alice")
    faces = [await past.face(alice) for _ in range(2)]
    image_id = await past.seen("party.jpg", alice)
    one = f"/people/{alice.person_id}"
    picture = jpeg(600, 600)

    async with served(past) as here, here.client() as client:
        answers = [
            await client.post(
                "/people?even_if_known=true", json={"name": name, "pictures": [base64.b64encode(picture).decode()]}
            ),
            await client.post("/people", data={"name": name}, files={"pictures": ("a.jpg", picture, "image/jpeg")}),
            await client.patch(one, json={"name": name}),
            await client.post(f"{one}/split", json={"faces": [faces[0].face_id], "name": name}),
            await client.put(f"/recognitions/{image_id}/faces/1/person", json={"name": name}),
            await client.post(
                f"/recognitions/{image_id}/faces",
                json={"bounding_box": place(0).model_dump(), "name": name},
            ),
        ]
        nobody = await client.patch(f"/people/{an_id()}", json={"name": "Bob"})

    assert {answer.status_code for answer in answers} <= {400, 422}
    assert nobody.status_code == 404
    assert not [answer for answer in answers if name.strip() in answer.text]
    assert [person.name for person in await past.people.everybody()] == ["Alice"]
    assert len(await past.people.faces_of(alice.person_id)) == 2
    assert await past.names(image_id) == ["Alice"]
