"""Pills stay in the picture and off the faces and one another, whatever the picture is like."""

import random
from collections.abc import Sequence

import pytest

from onlooker_annotator.captions import Kind, subjects
from onlooker_annotator.geometry import Extent, Rect, Size
from onlooker_annotator.layout import Layout, arrange
from onlooker_annotator.pills import Pill
from onlooker_annotator.sizes import Sizes
from onlooker_shared.recognition import BoundingBox, Face, Label
from recognitions import a_face, a_recognition

PHOTO = Size(1600, 1200)


def measure(text: str, size: int) -> Extent:
    """Every letter is as wide as most of Noto Sans' are."""
    return Extent(round(0.58 * size * len(text)), round(0.72 * size), round(0.2 * size))


def a_face_at(left: float, top: float, width: float, height: float, name: str | None = None) -> Face:
    box = BoundingBox(left=left, top=top, width=width, height=height)
    return a_face(name=name).model_copy(update={"bounding_box": box})


def a_dog_at(left: float, top: float, width: float, height: float) -> Label:
    place = {"bounding_box": {"left": left, "top": top, "width": width, "height": height}, "confidence": 90.0}
    return Label.model_validate({"name": "Dog", "confidence": 90.0, "instances": [place]})


def crowd(rows: int, columns: int) -> list[Face]:
    """Faces that nearly touch."""
    cells = [(column / columns, row / rows) for row in range(rows) for column in range(columns)]
    return [a_face_at(x + 0.2 / columns, y + 0.1 / rows, 0.6 / columns, 0.6 / rows) for x, y in cells]


def lay_out(canvas: Size, *found: Face | Label) -> Layout:
    return arrange(subjects(a_recognition(*found)), canvas, measure)


def words(pill: Pill) -> str:
    return " ".join(text.text for text in pill.texts)


def overlapping(rects: Sequence[Rect]) -> list[tuple[Rect, Rect]]:
    return [(one, other) for n, one in enumerate(rects) for other in rects[:n] if one.overlaps(other)]


def assert_is_tidy(layout: Layout, canvas: Size) -> None:
    """What holds of every layout."""
    pills = [pill.rect for pill in layout.pills]
    assert all(rect.is_inside(canvas) for rect in pills)
    assert overlapping(pills) == []
    faces = [frame.rect for frame in layout.frames if frame.kind is Kind.FACE]
    for rect in pills:
        covered = [face for face in faces if rect.overlaps(face)]
        assert len(covered) <= 1, "a pill on two faces"
        assert all(rect.height < 0.3 * face.height and rect.top > face.top + 0.6 * face.height for face in covered)
    for pill in layout.pills:
        for text in pill.texts:
            extent = measure(text.text, text.size)
            assert pill.rect.left < text.x
            assert text.x + extent.width < pill.rect.right
            assert pill.rect.top < text.baseline - extent.ascent
            assert text.baseline + extent.descent < pill.rect.bottom


def test_a_pill_hangs_under_its_face_like_a_name_tag() -> None:
    layout = lay_out(PHOTO, a_face_at(0.4, 0.3, 0.2, 0.3, name="Ada"))

    (frame,), (pill,) = layout.frames, layout.pills
    assert frame.rect == Rect(640, 360, 960, 720)
    assert 0 < pill.rect.top - frame.rect.bottom < 30
    assert abs((pill.rect.left + pill.rect.right) - (frame.rect.left + frame.rect.right)) <= 1
    assert pill.texts[0].text == "Ada"
    assert_is_tidy(layout, PHOTO)


@pytest.mark.parametrize(
    "box",
    [
        pytest.param((0.0, 0.0, 0.1, 0.15), id="top left"),
        pytest.param((0.9, 0.0, 0.1, 0.15), id="top right"),
        pytest.param((0.0, 0.85, 0.1, 0.15), id="bottom left"),
        pytest.param((0.9, 0.85, 0.1, 0.15), id="bottom right"),
        pytest.param((-0.05, 0.5, 0.1, 0.15), id="out at the left"),
        pytest.param((0.2, 0.0, 0.2, 1.0), id="from top to bottom"),
        pytest.param((-0.1, -0.1, 1.2, 1.2), id="all over"),
    ],
)
def test_a_face_anywhere_gets_all_its_words(box: tuple[float, float, float, float]) -> None:
    layout = lay_out(PHOTO, a_face_at(*box, name="Ada"))

    assert "Happy" in words(layout.pills[0])
    assert_is_tidy(layout, PHOTO)


def test_two_neighbours_get_all_their_words() -> None:
    layout = lay_out(PHOTO, a_face_at(0.35, 0.3, 0.1, 0.2, name="Ada"), a_face_at(0.48, 0.3, 0.1, 0.2, name="Bob"))

    assert [pill.texts[0].text for pill in layout.pills] == ["Ada", "Bob"]
    assert all("Happy" in words(pill) for pill in layout.pills)
    assert_is_tidy(layout, PHOTO)


@pytest.mark.parametrize("canvas", [Size(6000, 4000), PHOTO, Size(480, 360), Size(300, 225)])
def test_sixty_faces_have_fewer_words_but_all_their_frames(canvas: Size) -> None:
    layout = lay_out(canvas, *crowd(6, 10))

    assert len(layout.frames) == 60
    assert_is_tidy(layout, canvas)


def test_sixty_faces_on_a_large_photo_are_all_told_apart() -> None:
    assert len(lay_out(Size(6000, 4000), *crowd(6, 10)).pills) == 60


def test_a_crowd_on_a_thumbnail_gets_numbers_of_the_result() -> None:
    layout = lay_out(Size(480, 360), *crowd(5, 8))

    assert layout.pills
    assert all(words(pill).isdigit() and 1 <= int(words(pill)) <= 40 for pill in layout.pills)


def test_a_dense_crowd_is_frames_alone_rather_than_covered_faces() -> None:
    touching = [a_face_at(x / 40, y / 30, 1 / 40, 1 / 30) for x in range(40) for y in range(30)]
    layout = lay_out(Size(480, 360), *touching)

    assert (len(layout.frames), len(layout.pills)) == (1200, 0)


@pytest.mark.parametrize(
    "canvas",
    [Size(1, 1), Size(2, 3), Size(16, 16), Size(80, 80), Size(4000, 40), Size(40, 4000), Size(65_000, 1), Size(480, 7)],
)
def test_a_picture_of_any_shape_is_laid_out(canvas: Size) -> None:
    layout = lay_out(canvas, a_face_at(0.2, 0.2, 0.3, 0.4, name="Ada"), a_dog_at(0.5, 0.5, 0.5, 0.5))

    assert len(layout.frames) == 2
    assert all(frame.rect.is_inside(canvas) for frame in layout.frames)
    assert_is_tidy(layout, canvas)


@pytest.mark.parametrize("seed", range(40))
def test_any_picture_is_tidy(seed: int) -> None:
    chance = random.Random(seed)
    canvas = Size(chance.randint(1, 5000), chance.randint(1, 5000))
    found: list[Face | Label] = []
    for _ in range(chance.randint(0, 30)):
        box = chance.uniform(-0.1, 1), chance.uniform(-0.1, 1), chance.uniform(0.001, 0.5), chance.uniform(0.001, 0.5)
        name = chance.choice([None, "Ada Lovelace", "A" * 200])
        found.append(a_face_at(*box, name=name) if chance.random() < 0.7 else a_dog_at(*box))

    assert_is_tidy(lay_out(canvas, *found), canvas)


def test_an_object_is_named_in_its_corner_or_beside_it_if_it_is_small() -> None:
    large, small = a_dog_at(0.1, 0.1, 0.5, 0.5), a_dog_at(0.7, 0.8, 0.05, 0.05)
    layout = lay_out(PHOTO, large, small)

    inside = [[pill.rect.overlaps(frame.rect) for frame in layout.frames].count(True) for pill in layout.pills]
    assert [words(pill)[:3] for pill in layout.pills] == ["Dog", "Dog"]
    assert sorted(inside) == [0, 1]
    assert_is_tidy(layout, PHOTO)


def test_faces_are_drawn_over_objects_and_small_ones_over_large_ones() -> None:
    layout = lay_out(PHOTO, a_face_at(0.4, 0.4, 0.2, 0.2), a_face_at(0, 0, 0.9, 0.9), a_dog_at(0.1, 0.1, 0.2, 0.2))

    assert [(frame.kind, frame.rect.width) for frame in layout.frames] == [
        (Kind.OBJECT, 320),
        (Kind.FACE, 1440),
        (Kind.FACE, 320),
    ]


def test_letters_grow_with_the_picture_but_slower() -> None:
    thumbnail, photo = Sizes.of(Size(480, 320), faces=1), Sizes.of(Size(6000, 4000), faces=1)

    assert thumbnail.text * 300 / 480 >= 10, "readable when the thumbnail is shown 300 pixels wide"
    assert 18 <= photo.text * 1500 / 6000 <= 30, "readable when the photo is shown on a screen"
    assert photo.stroke > thumbnail.stroke > 1


def test_a_picture_too_small_for_letters_has_frames_alone() -> None:
    layout = lay_out(Size(40, 40), a_face_at(0.2, 0.2, 0.5, 0.5))

    assert (len(layout.frames), len(layout.pills)) == (1, 0)
