"""What is written in drawn pictures, read by the real models; and the choices around them, without."""

import io
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image as Picture

from onlooker_rekognition.vision import Engine, Image
from onlooker_rekognition.vision.image import Pixels, decode
from onlooker_rekognition.vision.text.reader import Polygon, TextReader
from onlooker_rekognition.vision.text.readings import Character
from onlooker_rekognition.vision.text.rectangles import Rectangle
from vision_samples import jpeg, portrait, resized, scene
from writing import PAPER, page, pasted, turned, written

WHITE, BLACK = (250, 250, 250), (10, 10, 15)


def texts(engine: Engine, pixels: Pixels) -> list[str]:
    return [line.text for line in engine.detect_text(Image(pixels))]


def box(polygon: Polygon, pixels: Pixels) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in pixels."""
    points = np.array(polygon) * pixels.shape[1::-1]
    return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())


def test_lines_are_read_as_they_are_written_in_reading_order_with_their_places(engine: Engine) -> None:
    written_lines = ["Fire exit only", "NOPARKING", "B-AX 4821", "0123456789", "Tel. +49 30 1234567"]
    picture = page(*written_lines)
    lines = engine.detect_text(Image(picture))
    assert [line.text for line in lines] == written_lines
    rows = np.flatnonzero((picture < 100).any(axis=(1, 2)))
    for line, text in zip(lines, written_lines, strict=True):
        assert line.confidence > 90
        assert [word.text for word in line.words] == text.split()
        _, top, _, bottom = box(line.polygon, picture)
        ink = rows[(rows >= top) & (rows < bottom)]
        assert top < ink[0] < top + 18, "the place begins with the letters"
        assert bottom - 18 < ink[-1] < bottom


def test_a_words_polygon_holds_its_letters_and_no_others(engine: Engine) -> None:
    picture = page("over the lazy dog")
    (line,) = engine.detect_text(Image(picture))
    ink = np.flatnonzero((picture < 100).any(axis=(0, 2)))
    gaps = np.flatnonzero(np.diff(ink) > 8)  # the spaces; those between letters are narrower
    starts, ends = [ink[0], *ink[gaps + 1]], [*ink[gaps], ink[-1]]
    for word, start, end in zip(line.words, starts, ends, strict=True):
        left, _, right, _ = box(word.polygon, picture)
        assert abs(left - start) < 12, word.text
        assert abs(right - end) < 12, word.text


def test_turned_text_is_read_and_its_polygon_begins_where_it_does(engine: Engine) -> None:
    angles = {"Exit 15": 15, "Exit 60": 60, "Exit 90": 90, "Exit 270": -90, "Exit 180": 180}
    picture = np.full((560, 840, 3), PAPER, np.uint8)
    for number, (text, degrees) in enumerate(angles.items()):
        row, column = divmod(number, 3)
        picture = pasted(picture, turned(written(text, 48, margin=20), degrees), 20 + 270 * column, 10 + 270 * row)
    found = {line.text: line for line in engine.detect_text(Image(picture))}
    assert found.keys() == angles.keys()
    for text, degrees in angles.items():
        first, second, third, _ = np.array(found[text].polygon) * picture.shape[1::-1]
        across, down = second - first, third - second
        error = np.degrees(np.arctan2(across[1], across[0])) - degrees
        assert abs((error + 180) % 360 - 180) < 4, text
        assert across[0] * down[1] - across[1] * down[0] > 0, "clockwise"


def test_light_text_on_dark_is_read(engine: Engine) -> None:
    canvas = np.full((400, 600, 3), BLACK, np.uint8)
    picture = pasted(canvas, written("Departures", 48, ink=WHITE, paper=BLACK), 60, 150)
    assert texts(engine, picture) == ["Departures"]


def test_spoilt_text_is_read(engine: Engine) -> None:
    """Small, blurred, compressed, dark: side by side."""
    text = written("Platform 9", 40, margin=20)
    spoilt = [
        resized(text, 0.35),
        cv2.GaussianBlur(text, (0, 0), 2),
        cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg(text, 15), np.uint8), 1), cv2.COLOR_BGR2RGB),
        (text * 0.25).astype(np.uint8),
    ]
    canvas = np.full((480, 640, 3), PAPER, np.uint8)
    for row, part in enumerate(spoilt):
        canvas = pasted(canvas, np.asarray(part, np.uint8), 60, 20 + 110 * row)
    assert texts(engine, canvas) == ["Platform 9"] * 4


def test_a_tight_crop_is_read(engine: Engine) -> None:
    assert texts(engine, written("KA 51 MC 7766", 60, margin=16)) == ["KA 51 MC 7766"]


def test_small_and_large_text_is_read_across_the_seams_of_a_large_picture(engine: Engine) -> None:
    canvas = np.full((600, 1100, 3), WHITE, np.uint8)
    picture = pasted(canvas, written("Lorem ipsum dolor sit amet", 18, paper=WHITE), 450, 500)
    picture = pasted(picture, written("SALE", 220, paper=WHITE), 250, 150)
    assert texts(engine, picture) == ["SALE", "Lorem ipsum dolor sit amet"]


def test_a_picture_is_read_upright_as_its_exif_says(engine: Engine) -> None:
    sideways = Picture.fromarray(np.rot90(page("Gate B12")))  # as a camera held on its side stores it
    exif, stored = Picture.Exif(), io.BytesIO()
    exif[ExifTags.Base.Orientation] = 6
    sideways.save(stored, "JPEG", exif=exif)
    image = decode(stored.getvalue(), max_pixels=10**7)
    assert (image.height, image.width) == (480, 640)
    (line,) = engine.detect_text(image)
    assert line.text == "Gate B12"
    assert line.polygon[0][1] < 0.2


def test_a_scanned_page_is_read(engine: Engine) -> None:
    lines = texts(engine, scene("page.png"))
    assert "Let us first determine markers of the coins and the" in lines
    assert "histogram of grey values:" in lines


def test_what_is_written_on_things_is_read(engine: Engine) -> None:
    assert "YAMAHA" in " ".join(texts(engine, scene("motorcycle_left.png")))


def test_nothing_is_read_where_nothing_is_written(engine: Engine) -> None:
    """A face, fur, bricks, coins, noise: side by side."""
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), np.uint8)
    scenes = [scene(name) for name in ("astronaut.png", "brick.png", "chelsea.png", "coins.png")]
    tiles = [cv2.resize(pixels, (400, 400)) for pixels in (*scenes, portrait("biden.jpg"), noise)]
    mosaic = np.vstack([np.hstack(tiles[:3]), np.hstack(tiles[3:])])
    assert texts(engine, np.asarray(mosaic, np.uint8)) == []


class Places:
    """A detector that found these."""

    def __init__(self, *places: Rectangle) -> None:
        self._places = list(places)

    def find(self, pixels: Pixels) -> list[Rectangle]:
        return self._places


class Way:
    """A recognizer that reads well only what begins at one corner, and counts."""

    def __init__(
        self, beginning: tuple[float, float], text: str = "AB", *, well: float = 0.99, badly: float = 0.5
    ) -> None:
        self._beginning, self._text, self._well, self._badly = beginning, text, well, badly
        self.tried = 0

    def read(self, pixels: Pixels, lines: Sequence[Rectangle]) -> list[list[Character]]:
        self.tried += len(lines)
        return [
            [Character(text, self._well, 0.5) for text in self._text]
            if tuple(line.origin) == self._beginning
            else [Character("x", self._badly, 0.5)] * 2
            for line in lines
        ]


SQUARE = Image(np.zeros((100, 100, 3), np.uint8))


def place(width: float, height: float) -> Rectangle:
    return Rectangle(np.array([0.0, 0.0]), np.array([width, 0.0]), np.array([0.0, height]))


@pytest.mark.parametrize(
    ("width", "height", "beginning", "tried"),
    [
        (80, 10, (0, 0), 1),
        (80, 10, (80, 10), 2),
        (10, 80, (10, 0), 1),
        (10, 80, (0, 80), 2),
        (20, 30, (0, 0), 1),
        (20, 40, (0, 0), 4),
        (20, 20, (0, 20), 4),
    ],
)
def test_a_line_is_turned_about_only_until_it_reads_well(
    width: float, height: float, beginning: tuple[float, float], tried: int
) -> None:
    recognizer = Way(beginning)
    (line,) = TextReader(Places(place(width, height)), recognizer).read(SQUARE)
    assert line.text == "AB"
    assert tuple(np.array(line.polygon[0]) * 100) == pytest.approx(beginning)
    assert recognizer.tried == tried


class Numbers:
    """A recognizer that reads four words in every line, and counts."""

    def __init__(self) -> None:
        self.read_lines = 0

    def read(self, pixels: Pixels, lines: Sequence[Rectangle]) -> list[list[Character]]:
        self.read_lines += len(lines)
        return [[Character(text, 1.0, number / 8) for number, text in enumerate("1 2 3 4")] for _ in lines]


def test_no_more_is_read_than_an_answer_holds() -> None:
    """A page of a book must not cost ten times what its answer needs."""
    recognizer = Numbers()
    places = [Rectangle(np.array([0.0, row]), np.array([80.0, 0.0]), np.array([0.0, 0.8])) for row in range(100)]
    lines = TextReader(Places(*places), recognizer).read(SQUARE)
    assert sum(len(line.words) for line in lines) >= 100
    assert recognizer.read_lines < 50


def test_only_what_is_wanted_is_read() -> None:
    recognizer = Numbers()
    places = [Rectangle(np.array([0.0, row]), np.array([80.0, 0.0]), np.array([0.0, 5.0])) for row in (10, 90, 50)]
    lines = TextReader(Places(*places), recognizer).read(SQUARE, lambda polygon: polygon[0][1] > 0.4)
    assert [line.polygon[0][1] for line in lines] == [0.5, 0.9]
    assert recognizer.read_lines == 2


@pytest.mark.parametrize(
    ("text", "probability", "lines"),
    [
        ("AB", 0.86, 1),
        ("AB", 0.84, 0),
        ("A", 0.99, 1),
        ("A", 0.97, 0),
        ("--", 0.99, 0),
        ("  ", 0.99, 0),
        ("4-", 0.99, 1),
    ],
)
def test_what_hardly_reads_is_left_out(text: str, probability: float, lines: int) -> None:
    reader = TextReader(Places(place(30, 10)), Way((0, 0), text, well=probability, badly=0.1))
    assert len(reader.read(SQUARE)) == lines


def test_confidence_is_how_often_such_a_reading_is_right() -> None:
    def confidence(probability: float) -> float:
        (line,) = TextReader(Places(place(30, 10)), Way((0, 0), well=probability, badly=0.1)).read(SQUARE)
        return line.confidence

    rising = [confidence(probability) for probability in (0.86, 0.9, 0.95, 0.98, 0.99, 0.999)]
    assert rising == sorted(rising)
    assert confidence(0.9) < 50, "half of such readings have a mistake"
    assert 98 < confidence(0.999) < 100
