"""Pictures for the tests of the vision engine: those that pinned packages ship, and what can be made of them."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from onlooker_rekognition.vision.image import Pixels

SCENES = Path(find_spec("skimage").origin).parent / "data"  # it is installed
PORTRAITS = Path(__file__).parents[1] / ".cache" / "pictures" / "portraits"


def scene(name: str) -> Pixels:
    """A picture that scikit-image ships, RGB."""
    return _read(SCENES / name)


def portrait(name: str) -> Pixels:
    """An official portrait, RGB; `make test` unpacks them."""
    return _read(PORTRAITS / name)


def _read(path: Path) -> Pixels:
    return np.asarray(cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)


def jpeg(pixels: Pixels, quality: int = 95) -> bytes:
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def png(pixels: NDArray[Any]) -> bytes:
    """Of any depth, grey or with up to four channels (blue first)."""
    return cv2.imencode(".png", pixels)[1].tobytes()


def resized(pixels: Pixels, factor: float) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def on_canvas(pixels: Pixels, height: int, width: int, top: int, left: int) -> Pixels:
    """The picture at a place of a larger grey one."""
    canvas = np.full((height, width, 3), 120, np.uint8)
    canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return canvas
