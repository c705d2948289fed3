"""What was written before a recognition held text, moderation and colours is read as it was meant."""

from pathlib import Path
from typing import Any

from onlooker_shared.messages import ImageRecognized, decode
from onlooker_shared.publisher import SIZE_LIMIT, body_of
from onlooker_shared.recognition import (
    BoundingBox,
    DominantColor,
    Emotion,
    ImageProperties,
    Missing,
    ModerationLabel,
    Point,
    Recognition,
    RegionProperties,
    TextDetection,
)
from onlooker_shared.results import StoredResult
from recognitions import a_face, a_label, a_recognition, an_image, recognized

DATA = Path(__file__).parents[2] / "data"
"""What was written when faces and labels were all that was asked for."""

RED = DominantColor(
    red=255, green=0, blue=0, hex_code="#FF0000", css_color="red", simplified_color="red", pixel_percent=80.0
)


def rich(words: int = 1) -> Recognition:
    """A recognition with everything in it, and so many words."""
    box, corners = (
        BoundingBox(left=0.1, top=0.1, width=0.123456789, height=0.1),
        tuple(Point(x=1 / 3, y=1 / 7) for _ in range(4)),
    )
    return a_recognition(a_face(), a_label("Cat")).model_copy(
        update={
            "text": tuple(
                TextDetection(
                    type="WORD", text="STOP", confidence=99.0, bounding_box=box, polygon=corners, id=n + 1, line_id=0
                )
                for n in range(words)
            ),
            "moderation": (ModerationLabel(name="Bare Back", parent="Exposed Male Body", confidence=60.0, level=3),),
            "properties": ImageProperties(
                dominant_colors=(RED,), brightness=50.0, contrast=40.0, foreground=RegionProperties(sharpness=3.0)
            ),
            "features": ("faces", "labels", "moderation", "properties"),
            "missing": (Missing(feature="text", reason="It is denied."),),
        }
    )


def assert_old(recognition: Recognition | None) -> None:
    assert recognition is not None
    assert recognition.faces[0].emotion == Emotion(type="HAPPY", confidence=90.0)
    assert recognition.labels[0].name == "Cat"
    assert (recognition.text, recognition.moderation, recognition.properties, recognition.missing) == ((), (), None, ())
    assert recognition.features == ("faces", "labels")


def test_a_result_stored_before_is_read() -> None:
    assert_old(StoredResult.model_validate_json((DATA / "first-result.json").read_text()).recognition)


def test_a_message_sent_before_is_read() -> None:
    message = decode((DATA / "first-message.json").read_text())
    assert isinstance(message, ImageRecognized)
    assert_old(message.recognition)


def test_a_message_with_everything_comes_out_as_it_went_in() -> None:
    message = recognized(an_image()).model_copy(update={"recognition": rich()})
    assert decode(body_of(message)) == message


def test_a_message_with_more_text_than_a_queue_takes_points_to_the_result() -> None:
    message = recognized(an_image()).model_copy(update={"recognition": rich(words=1_000)})
    assert len(message.model_dump_json()) > SIZE_LIMIT > len(body_of(message))
    assert decode(body_of(message)) == message.model_copy(update={"recognition": None})


def test_a_result_that_names_a_feature_of_a_later_version_is_read() -> None:
    body: dict[str, Any] = rich().model_dump(mode="json") | {"features": ["faces", "celebrities"]}
    assert Recognition.model_validate(body).features == ("faces", "celebrities")
