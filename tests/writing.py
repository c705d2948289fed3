"""Pictures with text in them, drawn in the typeface that Pillow carries within itself."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from onlooker_rekognition.vision.image import Pixels

INK, PAPER = (20, 20, 30), (240, 238, 232)
Colour = tuple[int, int, int]


def written(text: str, size: int = 40, *, ink: Colour = INK, paper: Colour = PAPER, margin: int = 12) -> Pixels:
    """A line of text, letters of `size` pixels, with a margin around."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(text)
    picture = Image.new("RGB", (round(right - left) + 2 * margin, round(bottom - top) + 2 * margin), paper)
    ImageDraw.Draw(picture).text((margin - left, margin - top), text, fill=ink, font=font)
    return np.asarray(picture)


def pasted(canvas: Pixels, part: Pixels, left: int, top: int) -> Pixels:
    """A copy of the canvas that shows `part` with its corner at that place."""
    result = canvas.copy()
    result[top : top + part.shape[0], left : left + part.shape[1]] = part
    return result


def page(*lines: str, size: int = 40, height: int = 480, width: int = 640) -> Pixels:
    """Lines one under the other, from (20, 20) on, 30 pixels apart."""
    canvas = np.full((height, width, 3), PAPER, np.uint8)
    top = 20
    for line in lines:
        part = written(line, size, margin=0)
        canvas = pasted(canvas, part, 20, top)
        top += part.shape[0] + 30
    return canvas


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """The picture turned clockwise about its middle, on paper large enough for all of it."""
    height, width = pixels.shape[:2]
    side = int(np.hypot(height, width)) + 2
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    turn[:, 2] += (side - np.array([width, height])) / 2
    return np.asarray(cv2.warpAffine(pixels, turn, (side, side), flags=cv2.INTER_CUBIC, borderValue=PAPER), np.uint8)
