"""The recognizer and the local Rekognition server, both as they ship, on a real picture."""

from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from onlooker_shared.aws import Aws
from onlooker_shared.messages import ImageFailed, ImageRecognized
from onlooker_shared.recognition import Recognition
from onlooker_shared.settings import CommonSettings
from recognizer_stage import provisioned
from rekognition_server import RekognitionServer
from writing import page


def astronaut() -> bytes:
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "data" / "astronaut.png").read_bytes()


def converted(picture: bytes, kind: str) -> bytes:
    out = BytesIO()
    Image.open(BytesIO(picture)).save(out, kind)
    return out.getvalue()


async def test_an_astronaut_smiles_whatever_her_format(
    real_rekognition: RekognitionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = bytearray(converted(astronaut(), "JPEG"))
    damaged[2:400] = bytes(398)
    monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", real_rekognition.url)
    async with Aws(CommonSettings()) as aws:
        stage = await provisioned(aws)
        async with stage.recognizer() as service:
            await service.checks["rekognition"]()
            for kind in ("PNG", "WEBP", "BMP"):
                await stage.put(f"astronaut.{kind}", converted(astronaut(), kind))
            await stage.put("large.png", large(astronaut()))
            await stage.put("damaged.jpg", bytes(damaged))
            announced = {message.image.key: message for message in await stage.announced(5)}

    assert isinstance(announced.pop("damaged.jpg"), ImageFailed)
    for message in announced.values():
        assert isinstance(message, ImageRecognized)
        assert message.recognition is not None
        (face,) = message.recognition.faces
        box = face.bounding_box
        assert box.left < 0.43 < box.left + box.width
        assert box.top < 0.22 < box.top + box.height
        assert face.emotion is not None
        assert face.emotion.type == "HAPPY"
        assert "Person" in {label.name for label in message.recognition.labels}


def large(picture: bytes) -> bytes:
    """The same, so large in bytes that Rekognition has to fetch it itself."""
    out = BytesIO()
    image = Image.open(BytesIO(picture)).convert("RGB")
    image.resize((1500, 1500)).save(out, "PNG", compress_level=0)
    return out.getvalue()


async def test_a_sign_is_read_and_its_colours_are_named_whatever_its_format_and_orientation(
    real_rekognition: RekognitionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_FEATURES", "faces,labels,text,moderation,properties")
    sign = Image.fromarray(page("NO PARKING", "after midnight", size=48))
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6  # to be shown turned clockwise
    monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", real_rekognition.url)
    async with Aws(CommonSettings()) as aws:
        stage = await provisioned(aws)
        async with stage.recognizer() as service:
            await service.checks["features"]()
            await stage.put("sign.jpg", encoded(sign, "JPEG"))
            await stage.put("sign.webp", encoded(sign, "WEBP"))
            lying = sign.transpose(Image.Transpose.ROTATE_90)
            await stage.put("turned.jpg", encoded(lying, "JPEG", exif=turned))
            announced = await stage.announced(3)
            await service.checks["features"]()

    assert {message.image.key for message in announced} == {"sign.jpg", "sign.webp", "turned.jpg"}
    for message in announced:
        assert isinstance(message, ImageRecognized)
        assert message.recognition is not None
        assert_a_sign(message.recognition)


def assert_a_sign(found: Recognition) -> None:
    """Dark letters on light paper, at the top left, fit for everybody."""
    lines = [text for text in found.text if text.type == "LINE"]
    assert [line.text for line in lines] == ["NO PARKING", "after midnight"]
    words = [text.text for text in found.text if text.line_id == lines[0].id]
    assert words == ["NO", "PARKING"]
    box = lines[0].bounding_box
    assert (box.left, box.top) == pytest.approx((20 / 640, 20 / 480), abs=0.03)
    assert (lines[0].polygon[0].x, lines[0].polygon[0].y) == pytest.approx((box.left, box.top), abs=0.02)
    assert found.moderation == ()
    assert found.properties is not None
    paper = found.properties.dominant_colors[0]
    assert paper.simplified_color == "white"
    assert min(paper.red, paper.green, paper.blue) > 200
    assert paper.pixel_percent > 50
    assert found.missing == ()
    assert found.text_model_version
    assert found.moderation_model_version


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, quality=95, **options)
    return out.getvalue()
