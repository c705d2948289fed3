"""What is looked for in a picture is a setting; what cannot be had of it takes nothing else with it."""

from datetime import timedelta

import pytest

from onlooker_recognizer import calls
from onlooker_shared.errors import ConfigurationError, SettingsError
from onlooker_shared.messages import ImageFailed, ImageRecognized
from onlooker_shared.objects import list_objects
from onlooker_shared.recognition import Recognition
from onlooker_shared.results import RESULTS
from recognizer_stage import Stage, jpeg, noise
from rekognition_standin import LINE, PROPERTIES, WORD, Asked, Refusal, StandIn

EVERYTHING = "faces,labels,text,moderation,properties"


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every feature is on."""
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_FEATURES", EVERYTHING)


def no_text(asked: Asked) -> Refusal | None:
    return Refusal("AccessDeniedException") if asked.operation == "DetectText" else None


async def recognized(stage: Stage, body: bytes) -> Recognition:
    async with stage.recognizer():
        await stage.put("a.jpg", body)
        (message,) = await stage.announced()
        await stage.settled()
    assert isinstance(message, ImageRecognized)
    assert message.recognition is not None
    return message.recognition


@pytest.mark.usefixtures("everything")
async def test_everything_that_is_on_is_asked_once_stored_and_announced(stage: Stage, standin: StandIn) -> None:
    async with stage.recognizer():
        image_id = await stage.put("a.jpg", jpeg())
        (message,) = await stage.announced()

    assert isinstance(message, ImageRecognized)
    found = message.recognition
    assert found is not None
    assert [text.text for text in found.text] == ["STOP", "STOP"]
    assert [label.name for label in found.moderation] == ["Weapons"]
    assert found.properties is not None
    assert found.properties.dominant_colors[0].css_color == "peru"
    assert (set(found.features), found.missing) == (set(EVERYTHING.split(",")), ())
    assert sorted(asked.operation for asked in standin.asked) == [
        "DetectFaces",
        "DetectLabels",
        "DetectModerationLabels",
        "DetectText",
    ]
    stored = await (await stage.results).get(image_id)
    assert stored.recognition == found
    assert stored.rekognition["DetectText"] == {"TextDetections": [LINE, WORD], "TextModelVersion": "3.1"}
    assert stored.rekognition["DetectLabels"]["ImageProperties"] == PROPERTIES


async def test_without_the_setting_only_faces_and_labels_are_paid_for(stage: Stage, standin: StandIn) -> None:
    found = await recognized(stage, jpeg())
    assert found.features == ("faces", "labels", "people")  # of whom nobody is known
    assert {asked.operation for asked in standin.asked} == {"DetectFaces", "DetectLabels"}
    assert all("Features" not in asked.body for asked in standin.asked)


async def test_faces_and_labels_may_be_off(stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_FEATURES", " text , text,")
    found = await recognized(stage, jpeg())
    assert (found.faces, found.labels, found.features) == ((), (), ("text",))
    assert [asked.operation for asked in standin.asked] == ["DetectText"]


@pytest.mark.parametrize("features", ["", "faces,mood", "people,labels"])
async def test_features_that_make_no_sense_are_refused_at_the_start(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, features: str
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_FEATURES", features)
    with pytest.raises(SettingsError, match="ONLOOKER_RECOGNIZER_FEATURES: "):
        async with stage.recognizer():
            pass


@pytest.mark.usefixtures("everything")
async def test_a_feature_that_is_denied_is_missing_and_the_rest_is_there(stage: Stage, standin: StandIn) -> None:
    standin.judge = no_text
    found = await recognized(stage, jpeg())

    assert (len(found.faces), len(found.labels), len(found.moderation), found.text) == (1, 1, 1, ())
    assert "text" not in found.features
    assert [(missing.feature, "DetectText" in missing.reason) for missing in found.missing] == [("text", True)]
    assert standin.calls("DetectText") == 1
    assert await stage.waiting(stage.names.recognizer_images.dead_letter) == 0


@pytest.mark.usefixtures("everything")
async def test_a_missing_permission_is_told_by_readiness_until_it_is_mended(stage: Stage, standin: StandIn) -> None:
    standin.judge = no_text
    async with stage.recognizer() as service:
        with pytest.raises(ConfigurationError, match="allow rekognition:DetectText"):
            await service.checks["features"]()
        standin.judge = lambda _: Refusal("InvalidImageFormatException")
        await service.checks["features"]()
        await service.checks["features"]()

    assert (standin.calls("DetectText"), standin.calls("DetectFaces")) == (2, 1)


@pytest.mark.usefixtures("everything")
async def test_any_operation_may_be_throttled(stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF", 0.01)
    standin.script.extend([Refusal("ThrottlingException")] * 4)
    found = await recognized(stage, jpeg())
    assert found.missing == ()
    assert len(standin.asked) == 8


@pytest.mark.usefixtures("everything")
async def test_a_picture_that_only_one_operation_cannot_read_is_failed_for_good(stage: Stage, standin: StandIn) -> None:
    def unread(asked: Asked) -> Refusal | None:
        return Refusal("InvalidImageFormatException") if asked.operation == "DetectModerationLabels" else None

    standin.judge = unread
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        (message,) = await stage.announced()
    assert isinstance(message, ImageFailed)


@pytest.mark.usefixtures("everything")
async def test_every_operation_is_sent_the_same_picture(stage: Stage, standin: StandIn) -> None:
    await recognized(stage, noise(400, 400))
    place = {"Bucket": stage.names.images.name, "Name": "a.jpg"}
    assert [asked.body["Image"] for asked in standin.asked] == [{"S3Object": place}] * 4


@pytest.mark.usefixtures("everything")
async def test_colours_of_a_padded_picture_are_neither_paid_for_nor_made_up(stage: Stage, standin: StandIn) -> None:
    found = await recognized(stage, jpeg(40, 90))
    assert found.properties is None
    assert [missing.feature for missing in found.missing] == ["properties"]
    assert all("Features" not in asked.body for asked in standin.asked)


@pytest.mark.usefixtures("everything")
async def test_more_text_than_a_message_takes_is_in_the_result(stage: Stage, standin: StandIn) -> None:
    words = 1_000
    standin.text = [WORD | {"Id": n} for n in range(words)]
    async with stage.recognizer():
        await stage.put("page.jpg", jpeg())
        (message,) = await stage.announced()
        assert isinstance(message, ImageRecognized)
        recognition = await (await stage.results).recognition_of(message)

    assert message.recognition is None
    assert len(recognition.text) == words


async def test_a_feature_switched_on_later_is_not_paid_for_again_for_old_pictures(
    stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recognized(stage, jpeg())
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_FEATURES", EVERYTHING)
    found = await recognized(stage, jpeg())
    assert found.features == ("faces", "labels", "people")
    assert len(standin.asked) == 2


async def test_a_picture_whose_result_is_deleted_is_swept_up_and_recognized_anew(
    stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await recognized(stage, jpeg())
    s3, bucket = await stage.aws.client("s3"), stage.names.results.name
    (entry,) = [entry async for entry in list_objects(s3, bucket, RESULTS)]
    await s3.delete_object(Bucket=bucket, Key=entry["Key"])
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_FEATURES", "text")
    async with stage.recognizer() as service:
        assert service.sweep is not None
        await service.sweep(timedelta(0))
        (message,) = await stage.announced()

    assert isinstance(message, ImageRecognized)
    assert message.recognition is not None
    assert message.recognition.features == ("text",)
    assert standin.calls("DetectText") == 1
