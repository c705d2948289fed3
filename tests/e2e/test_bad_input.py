"""What users send by mistake or by nature: each kind has one answer, and none ends in a dead-letter queue unseen."""

import asyncio
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from installed import BUCKET, Installed, eventually, found, send
from onlooker.client import ApiError, OnlookerClient
from onlooker.pictures import Picture
from onlooker.uploading import Uploaded


async def _send(client: OnlookerClient, path: Path, key: str) -> Uploaded:
    """Upload a file and wait for what becomes of it."""
    (result,) = await send(client, [Picture(path, key)])
    return result


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def _huge_header(_: Image.Image) -> bytes:
    """A PNG of 100 bytes that says it has 20,000 x 20,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def _sixteen_bit(picture: Image.Image) -> bytes:
    grey = picture.convert("I").point(lambda value: value * 257)
    return _encoded(grey.convert("I;16"), "PNG")


def _animated(picture: Image.Image) -> bytes:
    frames = [picture.convert("P"), Image.new("P", picture.size)]
    return _encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)


def _many_faces(picture: Image.Image) -> bytes:
    face = picture.crop((150, 30, 310, 210)).resize((144, 162))
    wall = Image.new("RGB", (10 * 160, 6 * 180), "white")
    for number in range(60):
        wall.paste(face, ((number % 10) * 160 + 8, (number // 10) * 180 + 9))
    return _encoded(wall, "JPEG", quality=92)


@pytest.fixture(scope="module")
def astronaut(pictures: Path) -> Image.Image:
    with Image.open(pictures / "scenes" / "astronaut.png") as opened:
        return opened.convert("RGB")


@pytest.mark.parametrize(
    ("name", "make", "faces"),
    [
        ("cmyk.jpg", lambda p: _encoded(p.convert("CMYK"), "JPEG"), 1),
        ("sixteen-bit.png", _sixteen_bit, 1),
        ("animated.gif", _animated, 1),
        ("grey-with-alpha.png", lambda p: _encoded(p.convert("LA"), "PNG"), 1),
        ("palette.png", lambda p: _encoded(p.convert("P"), "PNG"), 1),
        ("picture.webp", lambda p: _encoded(p, "WEBP"), 1),
        ("picture.tiff", lambda p: _encoded(p, "TIFF"), 1),
        ("picture.bmp", lambda p: _encoded(p, "BMP"), 1),
        ("picture.avif", lambda p: _encoded(p, "AVIF"), 1),
        ("one-pixel.png", lambda _: _encoded(Image.new("RGB", (1, 1)), "PNG"), 0),
        ("sky.jpg", lambda _: _encoded(Image.new("RGB", (640, 480), "skyblue"), "JPEG"), 0),
        ("sixty-faces.jpg", _many_faces, 60),
        ("jpeg-named.png", lambda p: _encoded(p, "JPEG"), 1),
    ],
)
async def test_every_kind_of_picture_is_recognized(
    client: OnlookerClient,
    prefix: str,
    astronaut: Image.Image,
    tmp_path: Path,
    name: str,
    make: Callable[[Image.Image], bytes],
    faces: int,
) -> None:
    path = tmp_path / name
    path.write_bytes(make(astronaut))
    result = await _send(client, path, f"{prefix}kinds/{name}")
    assert (result.stage, result.reason) == ("done", None)
    assert result.document is not None
    assert result.document["face_count"] == faces
    assert result.document["annotated"]["width"] > 0


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [("empty.jpg", b"", 400), ("text.jpg", b"Dear Ann, here are the photos.\n", 415), ("page.jpg", b"<html>", 415)],
)
async def test_what_is_no_picture_is_refused_at_the_door(
    client: OnlookerClient, prefix: str, tmp_path: Path, name: str, data: bytes, status: int
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ApiError) as caught:
        await client.upload(path, BUCKET, f"{prefix}refused/{name}")
    assert caught.value.status == status
    assert caught.value.problem_id is not None


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("truncated.jpg", lambda p: _encoded(p, "JPEG")[:9_000], "truncated"),
        ("bomb.png", _huge_header, "20000 x 20000"),
    ],
)
async def test_what_can_never_be_recognized_is_listed_with_its_reason(
    installed: Installed,
    client: OnlookerClient,
    prefix: str,
    astronaut: Image.Image,
    tmp_path: Path,
    name: str,
    make: Callable[[Image.Image], bytes],
    reason: str,
) -> None:
    path = tmp_path / name
    path.write_bytes(make(astronaut))
    result = await _send(client, path, f"{prefix}damaged/{name}")
    assert result.stage == "failed"
    assert reason in (result.reason or "")
    assert result.image_id is not None
    assert (await client.recognition(result.image_id))["state"] == "failed"

    async def letters() -> list[dict[str, Any]]:
        return await asyncio.to_thread(installed.dead_letters, f"{prefix}damaged/{name}")

    (letter,) = await eventually(letters)
    assert reason in letter["reason"]
    assert letter["image_id"] == result.image_id


async def test_a_key_of_1024_bytes_arrives_as_it_was_meant(client: OnlookerClient, prefix: str, pictures: Path) -> None:
    key = f"{prefix}Fotos +100%/"
    key += "ü" * ((1024 - len(key)) // 2)
    key += "x" * (1024 - len(key.encode()))
    assert len(key.encode()) == 1024
    result = await _send(client, pictures / "scenes" / "rocket.jpg", key)
    assert result.stage == "done"
    assert result.document is not None
    assert result.document["key"] == key


async def test_the_same_picture_twice_at_once_is_one_picture(
    client: OnlookerClient, prefix: str, pictures: Path
) -> None:
    path = pictures / "scenes" / "coffee.png"
    key = f"{prefix}twice.png"
    first, second = await asyncio.gather(_send(client, path, key), _send(client, path, key))
    assert first.image_id == second.image_id
    await found(client, {"prefix": key}, [first.image_id])


async def test_the_same_name_in_two_folders_is_two_pictures(
    client: OnlookerClient, prefix: str, pictures: Path
) -> None:
    path = pictures / "scenes" / "coffee.png"
    keys = [f"{prefix}{day}/cup.png" for day in ("monday", "tuesday")]
    one, other = await send(client, [Picture(path, key) for key in keys])
    assert one.image_id != other.image_id
    await found(client, {"q": "cup", "prefix": f"{prefix}monday/"}, [one.image_id])


async def test_a_picture_that_is_overwritten_is_found_as_it_is_now(
    client: OnlookerClient, prefix: str, pictures: Path
) -> None:
    key = f"{prefix}changed.png"
    await _send(client, pictures / "scenes" / "coffee.png", key)
    now = await _send(client, pictures / "scenes" / "cat.png", key)

    async def found() -> list[str]:
        return [document["image_id"] for document in (await client.search({"prefix": key}))["images"]]

    await eventually(found, lambda ids: ids == [now.image_id])


async def test_nobody_gets_in_without_a_key(installed: Installed) -> None:
    async with httpx.AsyncClient(base_url=installed.url) as http:
        for path in ("/v1/", "/v1/onlooker-images/a.jpg", "/tags/images", "/recognitions", "/alerts/deliveries"):
            answer = await http.get(path)
            assert answer.status_code == 401, path
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert (await http.get("/healthz")).status_code == 200
