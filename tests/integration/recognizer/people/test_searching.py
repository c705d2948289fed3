"""What searches that are denied, throttled or damaged mean for a picture; the stand-in answers them."""

import pytest

from onlooker_recognizer import calls
from onlooker_recognizer.people.registry.people import People
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.recognition import Recognition
from people_records import a_face_id, a_face_of
from recognizer_stage import Stage, jpeg
from rekognition_standin import Asked, Refusal, StandIn


async def known(stage: Stage, standin: StandIn, name: str = "Alice", similarity: float = 97.0) -> str:
    """Have somebody be known whom every face resembles; return their id."""
    people = await registry(stage)
    person, face_id = await people.create(name), a_face_id()
    await people.add_face(a_face_of(person, face_id=face_id))
    standin.matches.append({"Similarity": similarity, "Face": {"FaceId": face_id}})
    return person.person_id


async def registry(stage: Stage) -> People:
    return People(await stage.aws.client("dynamodb"), stage.names.people.name, stage.names.people_faces.name)


async def recognized(stage: Stage, body: bytes | None = None) -> Recognition:
    async with stage.recognizer():
        await stage.put("a.jpg", body or jpeg())
        (message,) = await stage.announced()
        await stage.settled()
    assert isinstance(message, ImageRecognized)
    assert message.recognition is not None
    return message.recognition


def no_searches(asked: Asked) -> Refusal | None:
    return Refusal("AccessDeniedException") if asked.operation == "SearchFacesByImage" else None


async def test_the_face_is_sent_alone_and_whom_it_resembles_is_told(stage: Stage, standin: StandIn) -> None:
    alice = await known(stage, standin)
    await known(stage, standin, "Bob", 75.0)
    await known(stage, standin, "Carol", 69.0)
    (face,) = (await recognized(stage)).faces
    assert face.person is not None
    assert (face.person.person_id, face.person.name, face.person.similarity) == (alice, "Alice", 97.0)
    assert [(each.name, each.similarity) for each in face.candidates] == [("Bob", 75.0)]
    (search,) = [asked for asked in standin.asked if asked.operation == "SearchFacesByImage"]
    assert search.body["CollectionId"] == f"{stage.common.prefix}people"
    assert search.body["FaceMatchThreshold"] == 70
    assert search.image[:2] == b"\xff\xd8"


async def test_a_denied_search_leaves_the_picture_without_people_and_is_told_by_readiness(
    stage: Stage, standin: StandIn
) -> None:
    await known(stage, standin)
    standin.judge = no_searches
    found = await recognized(stage)
    assert (len(found.faces), found.features) == (1, ("faces", "labels"))
    assert [(missing.feature, "SearchFacesByImage" in missing.reason) for missing in found.missing] == [
        ("people", True)
    ]
    async with stage.recognizer() as service:
        with pytest.raises(ConfigurationError, match="allow rekognition:SearchFacesByImage"):
            await service.checks["features"]()
        standin.judge = lambda _: Refusal("InvalidImageFormatException")
        await service.checks["features"]()


async def test_a_throttled_search_is_tried_again(
    stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "BACKOFF", 0.01)
    left = [Refusal("ThrottlingException")] * 2
    await known(stage, standin)
    standin.judge = lambda asked: left.pop() if left and asked.operation == "SearchFacesByImage" else None
    (face,) = (await recognized(stage)).faces
    assert face.person is not None
    assert standin.calls("SearchFacesByImage") == 3


async def test_without_faces_there_are_no_people(stage: Stage, standin: StandIn) -> None:
    await known(stage, standin)
    standin.judge = lambda asked: Refusal("AccessDeniedException") if asked.operation == "DetectFaces" else None
    found = await recognized(stage)
    assert {missing.feature for missing in found.missing} == {"faces", "people"}
    assert found.features == ("labels",)


async def test_a_face_that_is_too_small_or_seen_elsewhere_is_nobodys(
    stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known(stage, standin)
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_MIN_FACE", "46")  # it has 60 by 45
    assert (await recognized(stage)).faces[0].person is None
    assert standin.calls("SearchFacesByImage") == 0
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_MIN_FACE", "45")
    monkeypatch.setattr(
        "rekognition_standin.SEARCHED", {"Left": 0.9, "Top": 0.9, "Width": 0.1, "Height": 0.1}
    )  # a neighbour's ear
    assert (await recognized(stage, jpeg(colour=(1, 2, 3)))).faces[0].person is None
    assert standin.calls("SearchFacesByImage") == 1


async def test_a_picture_that_only_rekognition_can_decode_has_faces_but_no_people(
    stage: Stage, standin: StandIn
) -> None:
    await known(stage, standin)
    body = bytearray(jpeg(400, 300))
    body[body.index(b"\xff\xc4") + 4] = 9  # a Huffman table that there cannot be
    found = await recognized(stage, bytes(body))
    assert len(found.faces) == 1
    assert [missing.feature for missing in found.missing] == ["people"]
