import cv2
import numpy as np
import pytest

from onlooker_rekognition.vision import Engine, Image
from onlooker_rekognition.vision.moderation import moderate
from onlooker_rekognition.vision.resample import stretch
from vision_samples import PORTRAITS, portrait, scene

NOTHING = {"Drawing": 0.0, "Hentai": 0.0, "Neutral": 1.0, "Porn": 0.0, "Sexy": 0.0}
INTIMATE = "Non-Explicit Nudity of Intimate parts and Kissing"


def confidences(**shown: float) -> dict[str, float]:
    return {label.name: round(label.confidence, 6) for label in moderate({**NOTHING, **shown}).labels}


def test_pornography_is_explicit_whether_photographed_or_drawn() -> None:
    found = confidences(Porn=0.5, Hentai=0.3, Sexy=0.1, Neutral=0.1)
    assert found == {"Explicit": 80, "Explicit Nudity": 80, INTIMATE: 10, "Non-Explicit Nudity": 10}


def test_every_child_follows_its_parent_and_is_no_likelier() -> None:
    for porn in np.linspace(0, 1, 11):
        seen: dict[str, float] = {"": 100.0}
        for label in moderate({**NOTHING, "Porn": porn, "Sexy": 1 - porn, "Neutral": 0.0}).labels:
            assert label.confidence <= seen[label.parent]
            assert label.level == (2 if label.parent else 1)
            seen[label.name] = label.confidence


def test_the_likeliest_come_first() -> None:
    assert next(iter(confidences(Sexy=0.7, Porn=0.2))) == INTIMATE
    assert next(iter(confidences(Sexy=0.2, Porn=0.7))) == "Explicit"


def test_rounding_gives_no_more_than_a_hundred() -> None:
    assert confidences(Porn=0.7, Hentai=0.30000004)["Explicit"] == 100


@pytest.mark.parametrize(("drawing", "types"), [(0.9, ["Illustrated"]), (0.6, [])])
def test_only_what_is_clearly_drawn_is_called_so(drawing: float, types: list[str]) -> None:
    found = moderate({**NOTHING, "Drawing": drawing - 0.1, "Hentai": 0.1})
    assert [kind.name for kind in found.content_types] == types


def test_ordinary_pictures_are_not_objected_to(engine: Engine) -> None:
    """Recall cannot be tested: no package ships what it would take. That nothing is made up can."""
    names = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg", "page.png", "brick.png")
    pictures = {name: scene(name) for name in names} | {path.name: portrait(path.name) for path in PORTRAITS.iterdir()}
    for name, pixels in pictures.items():
        found = engine.detect_moderation(Image(pixels))
        assert max(label.confidence for label in found.labels) < 20, name
        assert found.content_types == (), name


def test_a_large_picture_is_seen_like_its_small_copy(engine: Engine) -> None:
    """Without averaging, the fine pattern of a suit becomes another pattern, and was taken for skin."""
    checks = (np.indices((2000, 2000)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.all(np.abs(stretch(np.dstack([checks] * 3), 224).astype(int) - 127) <= 1)
    large = cv2.resize(scene("astronaut.png"), (2048, 2048), interpolation=cv2.INTER_LINEAR)
    small, big = (
        {label.name: label.confidence for label in engine.detect_moderation(Image(np.asarray(pixels, np.uint8))).labels}
        for pixels in (scene("astronaut.png"), large)
    )
    assert small == pytest.approx(big, abs=2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (223, 225)])
def test_pictures_of_any_shape_are_looked_at(engine: Engine, shape: tuple[int, int]) -> None:
    found = engine.detect_moderation(Image(np.full((*shape, 3), 90, np.uint8)))
    assert all(0 <= label.confidence <= 100 for label in found.labels)
