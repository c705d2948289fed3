"""The recognizer and the local Rekognition server, both as they ship, on a real picture."""

from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from emulator import Emulator
from onlooker_shared.aws import Aws
from onlooker_shared.messages import ImageFailed, ImageRecognized
from onlooker_shared.settings import CommonSettings
from recognizer_stage import provisioned
from rekognition_server import REAL, running_server


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
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = bytearray(converted(astronaut(), "JPEG"))
    damaged[2:400] = bytes(398)
    with running_server(REAL, tmp_path / "rekognition", environment=emulator.environment) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", server.url)
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
