"""What Rekognition is sent of each kind of picture, and what each kind of bad input gets."""

import base64
import struct
import time
import tracemalloc
import zlib
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageFile

from onlooker_recognizer.conversion import BACKGROUND, LONGER_SIDE
from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.pictures import MAX_INLINE_BYTES, Pictures, Prepared, prepare

LIMIT = 100_000_000
RED, BLUE, GREY = (220, 20, 20), (20, 20, 220), (127, 127, 127)

HEIC = base64.b85decode(
    "0000SW^{RQXk}?*00000ZE0pPXk}?*ZE0a<00043ZDn*}000000000XXk=`10000000000aA{+700000000000000000000B57=I"
    "V*mgE07O6l0RRC200001djJ6d00000004#n001LtX>Mi!000000RR916=`l}WdZ;I000310BCk&F#rGn01j|zbZr0t000010002j"
    "X>f9I0002EX>en20001aXm(>m0RwOV0058x000009`FGC{rLC*01pFT0096PKmiN^|NjGU00093kN^M!000939=ZZRVE_RDEJ6VR"
    "18@KU0|1Z!00RI30{|YN86au*mg-3<u5JPv3<v-K0|3YX00RIBKw<y^00%??!E&%-"
    "KmY&$6Ju{|a&BX6cmM$a4FCp!0000KX>)L8000000002U0001F0000GaA|mH000000|*ER0000NX>e^}0000000001009Jn0s{m9"
    "0053{WMOmw004q00k2ej@RUfZ&c#fU|NqCYIUk=y|Lc<}i}`f^Y3SWb^G<c}`61!!T`zu_L35^8yk#w1&`Ks6<7#gV*&-"
    "A9Ww7jV&CSx>TuDgL3q~NRjXnRov&Jw3qOm(JrcC`-uDJU}>4a3i6TUo@2qKEofN_8WZs9}#0Pg?+-~d-|zy"
)
"""The scene, by libheif 1.23 with x265: the decoder that ships with Onlooker has no encoder beside it."""


@pytest.fixture(autouse=True)
def pictures() -> Pictures:
    """What the service sets up once."""
    return Pictures(max_pixels=LIMIT, inline_bytes=MAX_INLINE_BYTES, threads=1)


def prepared_of(data: bytes, inline_bytes: int = MAX_INLINE_BYTES) -> Prepared:
    return prepare(data, LIMIT, inline_bytes)


def scene(width: int = 200, height: int = 100, mode: str = "RGB") -> Image.Image:
    """Red, with a blue square in the top left corner."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (0, 0, width // 4, height // 2))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def sent(prepared: Prepared) -> Image.Image:
    """What Rekognition sees: it takes an upright 8-bit JPEG for what it is."""
    assert prepared.body is not None
    image = Image.open(BytesIO(prepared.body))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert 1 not in image.size
    assert image.getexif().get(ExifTags.Base.Orientation, 1) == 1
    return image


def looks_like(image: Image.Image, place: tuple[float, float], colour: tuple[int, int, int], within: int = 40) -> bool:
    """Whether a place, in ratios, has about a colour."""
    found = image.getpixel((int(place[0] * image.width), int(place[1] * image.height)))
    assert isinstance(found, tuple)
    return all(abs(a - b) <= within for a, b in zip(found, colour, strict=True))


def shows_the_scene(image: Image.Image) -> bool:
    return (
        looks_like(image, (0.1, 0.2), BLUE)
        and looks_like(image, (0.8, 0.8), RED)
        and looks_like(image, (0.8, 0.2), RED)
    )


# What goes as it is


@pytest.mark.parametrize(
    "data",
    [
        encoded(scene(), "JPEG"),
        encoded(scene(), "JPEG", progressive=True),
        encoded(scene(mode="L"), "JPEG"),
        encoded(scene(), "PNG"),
        encoded(scene(mode="L"), "PNG"),
        encoded(scene(mode="P"), "PNG"),
    ],
    ids=["jpeg", "progressive", "grey jpeg", "png", "grey png", "palette png"],
)
def test_a_plain_jpeg_or_png_is_sent_untouched_and_not_decoded(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[Image.Image] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: decoded.append(image))  # noqa: PLW0108 - binds self
    prepared = prepared_of(data)
    assert prepared.body is data
    assert (prepared.width, prepared.height) == (200, 100)
    assert (prepared.frame.width, prepared.frame.height) == (1, 1)
    assert decoded == []


def test_a_jpeg_with_several_pictures_is_a_jpeg() -> None:
    data = encoded(scene(), "MPO", save_all=True, append_images=[scene()])
    prepared = prepared_of(data)
    assert (prepared.format, prepared.body) == ("JPEG", data)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_jpeg_is_sent_untouched_and_measured_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    data = encoded(scene(200, 100), "JPEG", exif=exif)
    prepared = prepared_of(data)
    assert prepared.body is data
    assert (prepared.width, prepared.height) == ((200, 100) if orientation < 5 else (100, 200))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_rekognition_would_not_turn_is_turned(orientation: int, kind: str) -> None:
    upright = scene(200, 100)
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(back[orientation]) if orientation in back else upright
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    prepared = prepared_of(encoded(stored, kind, exif=exif))
    assert (prepared.width, prepared.height) == (200, 100)
    if prepared.format != "PNG" or orientation != 1:
        assert shows_the_scene(sent(prepared))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_a_damaged_exif_is_no_reason_to_refuse_a_picture() -> None:
    data = encoded(scene(), "JPEG", exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff broken")
    assert prepared_of(data).body is data


def test_a_picture_over_the_limit_of_a_request_is_left_for_rekognition_to_fetch() -> None:
    data = encoded(scene(2000, 1000), "PNG", compress_level=0)
    assert MAX_INLINE_BYTES < len(data) < 3 * MAX_INLINE_BYTES
    assert prepared_of(data).body is None
    small = encoded(scene(), "PNG")
    assert prepared_of(small, inline_bytes=len(small)).body is small
    assert prepared_of(small, inline_bytes=len(small) - 1).body is None


# What is converted


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (scene(mode="CMYK"), "JPEG"),
        (scene(mode="CMYK"), "TIFF"),
        (scene(), "WEBP"),
        (scene(), "BMP"),
        (scene(), "TIFF"),
        (scene(), "AVIF"),
        (scene(mode="P"), "GIF"),
        (scene(mode="RGBA"), "PNG"),
        (scene(mode="RGBA"), "WEBP"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.mode,
)
def test_any_other_format_is_sent_as_a_jpeg_of_the_same_scene(image: Image.Image, kind: str) -> None:
    prepared = prepared_of(encoded(image, kind))
    assert (prepared.format, prepared.width, prepared.height) == (kind, 200, 100)
    assert shows_the_scene(sent(prepared))


def test_heic_is_read() -> None:
    prepared = prepared_of(HEIC)
    assert (prepared.format, prepared.width, prepared.height) == ("HEIF", 200, 100)
    assert shows_the_scene(sent(prepared))


def test_an_animation_shows_its_first_frame() -> None:
    frames = [scene(), Image.new("RGB", (200, 100), (0, 255, 0))]
    for kind in ("GIF", "WEBP", "PNG"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        assert shows_the_scene(sent(prepared_of(data))), kind


def test_sixteen_bits_become_eight_without_being_cut_off() -> None:
    ramp = Image.new("I;16", (256, 100))
    ramp.putdata([column * 257 for _ in range(100) for column in range(256)])
    image = sent(prepared_of(encoded(ramp, "PNG")))
    assert [looks_like(image, (x, 0.5), (round(255 * x),) * 3, within=8) for x in (0.1, 0.5, 0.9)] == [True] * 3


def test_sixteen_bits_a_colour_are_converted() -> None:
    row = b"\0" + struct.pack(">HHH", 220 * 257, 20 * 257, 20 * 257) * 100
    data = png((100, 100), depth=16, colour=2, rows=row * 100)
    assert looks_like(sent(prepared_of(data)), (0.5, 0.5), RED, within=10)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_grey_levels_of_any_range_are_stretched(mode: str) -> None:
    ramp = Image.new(mode, (256, 100))
    ramp.putdata([column * 1000 - 50_000 for _ in range(100) for column in range(256)])
    image = sent(prepared_of(encoded(ramp, "TIFF")))
    assert [looks_like(image, (x, 0.5), (round(255 * x),) * 3, within=8) for x in (0.1, 0.5, 0.9)] == [True] * 3


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_transparent_parts_are_white(mode: str) -> None:
    image = Image.new("LA" if mode == "LA" else "RGBA", (100, 100), (0, 0) if mode == "LA" else (0, 0, 0, 0))
    data = encoded(image.convert("P") if mode == "P" else image, "PNG", **({"transparency": 0} if mode == "P" else {}))
    assert looks_like(sent(prepared_of(data)), (0.5, 0.5), BACKGROUND, within=5)


@pytest.mark.parametrize("size", [(1, 1), (79, 200), (200, 1), (30, 40)])
def test_a_tiny_picture_is_padded_not_stretched(size: tuple[int, int]) -> None:
    prepared = prepared_of(encoded(scene(*size), "PNG"))
    image = Image.open(BytesIO(prepared.body or b""))
    assert (prepared.width, prepared.height) == size
    assert image.size == (max(size[0], 80), max(size[1], 80))
    assert (prepared.frame.width, prepared.frame.height) == (size[0] / image.width, size[1] / image.height)
    if size[1] < 70:
        assert looks_like(image, (0.5, 0.99), GREY)


def test_a_photo_of_24_megapixels_is_sent_untouched() -> None:
    data = encoded(scene(6000, 4000), "JPEG")
    prepared = prepared_of(data)
    assert prepared.body is data
    assert (prepared.width, prepared.height) == (6000, 4000)


def test_a_very_large_picture_is_sent_smaller() -> None:
    prepared = prepared_of(encoded(scene(6000, 4000, "CMYK"), "JPEG"))
    image = sent(prepared)
    assert (prepared.width, prepared.height) == (6000, 4000)
    assert max(image.size) == LONGER_SIDE
    assert shows_the_scene(image)


def test_a_side_over_rekognitions_limit_is_sent_smaller_even_of_a_jpeg() -> None:
    prepared = prepared_of(encoded(scene(12_000, 100), "JPEG"))
    image = Image.open(BytesIO(prepared.body or b""))
    assert (prepared.width, prepared.height, prepared.format) == (12_000, 100, "JPEG")
    assert (image.width, image.height) == (LONGER_SIDE, 80)
    assert prepared.frame.height == pytest.approx(17 / 80, abs=0.02)


def test_even_noise_stays_within_what_a_request_may_carry() -> None:
    noise = Image.effect_noise((LONGER_SIDE, LONGER_SIDE), 200).convert("RGB")
    prepared = prepared_of(encoded(noise, "BMP"))
    assert prepared.body is not None
    assert len(prepared.body) <= MAX_INLINE_BYTES


# What is refused


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty"),
        (b"words, words, words", "not a picture"),
        (b"\xff\xd8\xff\xe0", "not a picture"),
        (b"%PDF-1.7\n", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a picture"),
        (encoded(scene(), "JPEG")[:-300], "truncated"),
        (encoded(scene(), "PNG")[:-20], "truncated"),
        (encoded(scene(), "WEBP")[:-20], "damaged"),
        (encoded(scene(), "GIF")[:-200], "damaged"),
        (encoded(scene(), "BMP")[:-200], "damaged"),
        (encoded(scene(), "AVIF")[:-20], "damaged"),
    ],
    ids=[
        "empty",
        "text",
        "4 bytes",
        "pdf",
        "svg",
        "eps",
        *(f"cut {kind}" for kind in ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"]),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(PictureRefusedError, match=reason):
        prepared_of(data)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF"])
def test_a_decompression_bomb_is_refused_by_its_header_before_anything_is_decoded(kind: str) -> None:
    bomb = {"PNG": png((20_000, 20_000)), "BMP": resized_bmp(20_000, 20_000), "GIF": resized_gif(20_000, 20_000)}[kind]
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(PictureRefusedError, match=r"20000 x 20000 pixels; at most 100 million"):
        prepared_of(bomb)
    took, (_, peak) = time.perf_counter() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(bomb) < 100_000
    assert peak < 1_000_000
    assert took < 1


def test_a_picture_at_the_limit_is_taken_without_a_warning() -> None:
    assert prepared_of(png((10_000, 10_000))).width == 10_000


async def test_pictures_are_prepared_beside_the_event_loop(pictures: Pictures) -> None:
    data = encoded(scene(), "JPEG")
    with pictures:
        assert (await pictures.prepare(data)).body is data
        with pytest.raises(PictureRefusedError):
            await pictures.prepare(b"")


def png(size: tuple[int, int], *, depth: int = 8, colour: int = 2, rows: bytes = b"") -> bytes:
    """A PNG with a header of our own; without rows it has no pixels at all."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def resized_bmp(width: int, height: int) -> bytes:
    data = encoded(scene(), "BMP")
    return data[:18] + struct.pack("<ii", width, height) + data[26:]


def resized_gif(width: int, height: int) -> bytes:
    data = encoded(scene(), "GIF")
    return data[:6] + struct.pack("<HH", width, height) + data[10:]
