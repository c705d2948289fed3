"""Scaled and cut copies show the right part, and know where their points are in the picture."""

import numpy as np
import pytest

from onlooker_rekognition.vision.geometry import square
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.resample import crop, crop_rectangle, cut, fit, lightened, pad, sharpened


def spot(height: int, width: int, x: int, y: int, size: int) -> Pixels:
    """A white square around (x, y) on black."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[y - size // 2 : y + size // 2, x - size // 2 : x + size // 2] = 255
    return pixels


def centre_of_light(pixels: Pixels) -> list[float]:
    light = pixels[..., 0].astype(float)
    rows, columns = np.mgrid[: light.shape[0], : light.shape[1]] + 0.5
    return [(light * columns).sum() / light.sum(), (light * rows).sum() / light.sum()]


@pytest.mark.parametrize(("height", "width"), [(1237, 1999), (1999, 1237), (100, 100), (61, 47), (3000, 301)])
def test_a_point_of_the_view_is_found_back_in_the_picture(height: int, width: int) -> None:
    x, y = width // 3, 3 * height // 4
    view = pad(fit(spot(height, width, x, y, 30), 256), 256)
    assert view.pixels.shape == (256, 256, 3)
    back = view.to_picture(np.array(centre_of_light(view.pixels)))
    np.testing.assert_allclose(back, [x, y], atol=max(height, width) / 256)


def test_windows_of_a_view_lead_back_as_well() -> None:
    view = cut(fit(spot(800, 1000, 900, 700, 30), 500), 300, 200, 200)
    assert view.pixels.shape == (200, 200, 3)
    np.testing.assert_allclose(view.to_picture(np.array(centre_of_light(view.pixels))), [900, 700], atol=1)


def test_shrinking_averages_instead_of_picking() -> None:
    checkers = np.indices((1000, 1000)).sum(axis=0) % 2 * 255
    pixels = np.repeat(checkers[..., None], 3, axis=2).astype(np.uint8)
    for shrunk in (fit(pixels, 100).pixels, crop(pixels, square(np.array([500.0, 500.0]), 600, 0.3, 100), 100)):
        assert abs(float(shrunk.mean()) - 127.5) < 2
        assert shrunk.std() < 15


@pytest.mark.parametrize("side", [40.0, 150.0, 900.0])
def test_a_crop_is_centred_where_it_was_asked_for(side: float) -> None:
    pixels = spot(1000, 1000, 640, 360, 2 * int(side / 10))
    np.testing.assert_allclose(
        centre_of_light(crop(pixels, square(np.array([640.0, 360.0]), side, 0.5, 100), 100)), [50, 50], atol=0.8
    )


def test_outside_of_the_picture_is_black() -> None:
    white = np.full((50, 50, 3), 255, np.uint8)
    half = crop(white, square(np.array([0.0, 25.0]), 40, 0, 40), 40)
    assert half[:, :19].max() == 0
    assert half[:, 21:].min() == 255
    far = square(np.array([-900.0, -900.0]), 400, 0, 40)
    assert crop(white, far, 40).max() == 0


def test_a_crop_of_a_very_wide_picture_is_a_crop() -> None:
    """OpenCV itself warps no picture this wide."""
    pixels = np.zeros((100, 40_000, 3), np.uint8)
    pixels[40:60, 34_990:35_010] = 255
    shown = crop(pixels, square(np.array([35_000.0, 50.0]), 80, 0, 40), 40)
    np.testing.assert_allclose(centre_of_light(shown), [20, 20], atol=0.2)


def test_a_rectangular_crop_shows_its_place_and_goes_on_beyond_the_picture() -> None:
    pixels = spot(300, 400, 200, 100, 20)
    turned = crop_rectangle(pixels, np.array([[0.0, 2.0, 100.0], [-2.0, 0.0, 150.0]]), 50, 100)
    assert turned.shape == (100, 50, 3)
    assert centre_of_light(turned) == pytest.approx([25, 50], abs=0.5)
    beyond = crop_rectangle(np.full((50, 50, 3), 200, np.uint8), np.array([[1.0, 0, -20], [0, 1.0, 0]]), 60, 40)
    assert beyond.min() == 200


def test_only_a_dark_picture_is_lightened_and_its_lightest_parts_become_white() -> None:
    light = np.tile(np.linspace(0, 220, 100).astype(np.uint8)[None, :, None], (100, 1, 3))
    assert lightened(light) is light
    dark = (light * 0.2).astype(np.uint8)
    assert lightened(dark).max() == 255
    assert np.all(np.diff(lightened(dark)[0, :, 0].astype(int)) >= 0)
    assert lightened(np.ones((8, 8, 3), np.uint8)).max() == 16, "black is not blown up without bounds"


@pytest.mark.parametrize("side", [4, 36, 40, 84, 124])
def test_a_picture_is_dark_by_the_lightest_hundredth_of_it(side: int) -> None:
    values = np.full(side * side // 16 * 3, 60, np.uint8)
    for lighter in range(len(values) // 100 + 4):
        values[:lighter] = 150
        pixels = values.reshape(side // 4, side // 4, 3).repeat(4, axis=0).repeat(4, axis=1)
        assert (lightened(pixels) is pixels) == (np.percentile(values, 99) > 100)


def test_sharpening_steepens_an_edge_and_leaves_what_is_even() -> None:
    soft = np.repeat(np.linspace(60, 190, 40).astype(np.uint8)[None, :], 30, axis=0)
    picture = np.pad(np.stack([soft] * 3, axis=-1), ((0, 0), (30, 30), (0, 0)), mode="edge")
    sharp = sharpened(picture, 4, 2).astype(int)
    assert np.abs(sharp[:, :10] - picture[:, :10]).max() <= 1
    assert sharp[:, 70].mean() > picture[:, 70].mean() + 5
