"""What is drawn is where it belongs, in colours that can be told apart and read; the rest is untouched."""

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from onlooker_annotator import palette
from onlooker_annotator.captions import Kind
from onlooker_annotator.drawing import draw
from onlooker_annotator.geometry import Rect
from onlooker_annotator.layout import Frame, Layout
from onlooker_annotator.palette import Colour
from onlooker_annotator.pills import Pill, PlacedText

GREY = (120, 120, 120)
RECT = Rect(100, 80, 300, 240)
READABLE = 4.5
"""WCAG 2.2, success criterion 1.4.3: contrast of text and its ground."""
VISIBLE = 3.0
"""WCAG 2.2, success criterion 1.4.11: contrast of what is not text."""


def drawn(*shapes: Frame | Pill, ground: Colour = GREY, size: tuple[int, int] = (400, 300)) -> npt.NDArray[np.uint8]:
    """The pixels (height, width, 3) of a picture of one colour with the shapes drawn into it."""
    picture = Image.new("RGB", size, ground)
    frames = tuple(shape for shape in shapes if isinstance(shape, Frame))
    draw(picture, Layout(frames, tuple(shape for shape in shapes if isinstance(shape, Pill))))
    return np.asarray(picture)


def a_frame(kind: Kind = Kind.FACE, rect: Rect = RECT, *, stroke: int = 4, halo: int = 2, radius: int = 12) -> Frame:
    return Frame(kind, rect, radius, stroke, halo)


def a_pill(*texts: PlacedText, rect: Rect = RECT) -> Pill:
    bar = Rect(rect.left + 10, rect.top + 10, rect.left + 14, rect.bottom - 10)
    return Pill(Kind.FACE, rect, 16, bar, texts)


def changed(pixels: npt.NDArray[np.uint8], ground: Colour = GREY) -> Rect:
    """The smallest rectangle around everything that is not the ground."""
    ys, xs = np.nonzero((pixels != ground).any(axis=2))
    return Rect(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)


def luminance(colour: Colour) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2, contrast ratio: 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def over(paint: Colour, opacity: float, ground: Colour) -> Colour:
    red, green, blue = (round(p * opacity + g * (1 - opacity)) for p, g in zip(paint, ground, strict=True))
    return red, green, blue


def test_a_frame_lies_on_its_boxs_edge() -> None:
    pixels = drawn(a_frame())

    for y, x in ((80, 200), (83, 200), (239, 200), (160, 100), (160, 103), (160, 299)):
        assert tuple(pixels[y, x]) == palette.ACCENT[Kind.FACE], (x, y)
    assert tuple(pixels[79, 200]) == tuple(pixels[84, 200]) == over(palette.HALO, palette.HALO_OPACITY, GREY)
    assert tuple(pixels[160, 200]) == GREY, "the face itself is untouched"
    assert changed(pixels) == RECT.grown(2)


def test_a_frame_is_rounded_and_anti_aliased() -> None:
    pixels = drawn(a_frame(halo=0, radius=20))

    assert tuple(pixels[80, 100]) == GREY, "a corner is cut off"
    corner = pixels[80:100, 100:120].reshape(-1, 3)
    assert len(np.unique(corner, axis=0)) > 20, "its edge has steps between the colours"
    assert (pixels[80:100, 100:120] == pixels[80:100, 280:300][:, ::-1]).all(), "both corners are alike"
    assert (pixels[80:100, 100:120] == pixels[220:240, 100:120][::-1]).all()


def test_an_object_has_four_corners() -> None:
    pixels = drawn(a_frame(Kind.OBJECT))

    for y, x in ((80, 125), (80, 275), (239, 125), (100, 100), (220, 299)):
        assert tuple(pixels[y, x]) == palette.ACCENT[Kind.OBJECT], (x, y)
    for y, x in ((80, 200), (239, 200), (160, 100), (160, 299)):
        assert tuple(pixels[y, x]) == GREY, (x, y)


@pytest.mark.parametrize(
    "rect",
    [
        pytest.param(Rect(0, 0, 400, 300), id="all of the picture"),
        pytest.param(Rect(0, 0, 1, 1), id="one pixel"),
        pytest.param(Rect(397, 10, 400, 13), id="three pixels"),
        pytest.param(Rect(0, 299, 400, 300), id="one row"),
        pytest.param(Rect(390, 0, 400, 300), id="a strip at the edge"),
    ],
)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_frame_fits_any_box(kind: Kind, rect: Rect) -> None:
    side = min(rect.width, rect.height)
    pixels = drawn(a_frame(kind, rect, stroke=max(1, side // 6), radius=side // 3))

    assert (pixels == palette.ACCENT[kind]).all(axis=2).any()


def test_a_pill_lets_the_picture_shine_through_and_has_a_coloured_bar() -> None:
    pixels = drawn(a_pill())

    assert changed(pixels) == RECT
    assert tuple(pixels[160, 200]) == over(palette.PLATE, palette.PLATE_OPACITY, GREY)
    assert tuple(pixels[160, 111]) == palette.ACCENT[Kind.FACE]
    assert tuple(pixels[80, 100]) == GREY, "its corners are round"


def test_text_stands_on_its_baseline() -> None:
    pixels = drawn(a_pill(PlacedText("HHH", 50, 130, 180, strong=True)))

    white = (pixels == palette.STRONG_TEXT).all(axis=2)
    ys, xs = np.nonzero(white)
    assert int(ys.max()) == 179
    assert 140 <= int(ys.min()) <= 146
    assert 130 <= int(xs.min()) <= 140


def test_second_words_are_dimmer() -> None:
    pixels = drawn(a_pill(PlacedText("HHH", 50, 130, 180, strong=False)))

    assert (pixels == palette.DIM_TEXT).all(axis=2).any()
    assert not (pixels == palette.STRONG_TEXT).all(axis=2).any()


def test_text_over_the_edge_of_the_picture_is_cut_off() -> None:
    pixels = drawn(a_pill(PlacedText("HHHHHHHHHHHHHHHH", 50, -20, 20, strong=True)))

    assert (pixels[0:20, 0:400] == palette.STRONG_TEXT).all(axis=2).any()


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (255, 230, 0), (0, 90, 255)])
@pytest.mark.parametrize("text", [palette.STRONG_TEXT, palette.DIM_TEXT])
def test_text_is_readable_whatever_is_behind_its_pill(text: Colour, ground: Colour) -> None:
    assert contrast(text, over(palette.PLATE, palette.PLATE_OPACITY, ground)) >= READABLE


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (128, 128, 128), (198, 134, 66)])
def test_a_frame_is_seen_on_any_ground(kind: Kind, ground: Colour) -> None:
    halo = over(palette.HALO, palette.HALO_OPACITY, ground)
    assert max(contrast(palette.ACCENT[kind], halo), contrast(halo, ground)) >= VISIBLE - 0.2


def test_faces_and_objects_differ_for_every_kind_of_eye() -> None:
    # Matrices of G. Machado, M. Oliveira, L. Fernandes, "A Physiologically-based Model for Simulation of Color Vision
    # Deficiency", 2009, severity 1.0, applied to sRGB as is, which is enough to tell whether two colours merge.
    eyes = {
        "protanopia": [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        "deuteranopia": [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.01182, 0.04294, 0.968881],
        ],
        "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
    }
    for matrix in eyes.values():
        for one, other in itertools.combinations(palette.ACCENT.values(), 2):
            seen = np.asarray(matrix) @ np.asarray([one, other]).T
            assert np.linalg.norm(seen[:, 0] - seen[:, 1]) > 60
