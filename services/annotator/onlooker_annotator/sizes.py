"""How large text and strokes are on a picture of a given size.

A thumbnail is looked at as it is, a photo of 24 megapixels on a screen a quarter as wide: so letters grow with the
picture, but slower than it does.
"""

from typing import NamedTuple

from onlooker_annotator.geometry import Size

REFERENCE = 480
"""Pixels of the longest side for which `REFERENCE_TEXT` is meant: the thumbnail's."""
REFERENCE_TEXT = 18.0
"""Pixels per em there: 11 when the thumbnail is shown 300 wide, about the smallest that is read with ease."""
GROWTH = 0.55
"""Exponent: 4,096 pixels get letters of 59, which are 22 on a screen 1,536 wide."""
LEAST_TEXT = 9
"""Below this, letters are no letters; pictures that would need it get boxes alone."""
MOST_TEXT = 160
"""At the longest side a JPEG can have (65,535), growth alone would give 268."""
SHORT_SIDE_SHARE = 0.2
"""Of the shorter side, for text: a panorama 60 pixels high has room for a pill, and for something of the picture."""
SMALL_SHARE = 0.88
"""Of the text's size, for what is read second."""
CROWD = 10
"""Faces from which letters get smaller, down to `LEAST_CROWD_SHARE`, so that more faces keep their words."""
LEAST_CROWD_SHARE = 0.7


class Sizes(NamedTuple):
    """Everything in pixels, derived from the canvas."""

    text: int
    """Per em; 0 where there is no room for letters."""
    small_text: int
    stroke: int
    """Of a face's frame."""
    halo: int
    """Of the dark line on both sides of a stroke, which keeps it visible on a bright ground."""
    radius: int
    padding: int
    gap: int
    """Between a box and its pill, and between pills."""

    @property
    def lesser(self) -> "Sizes":
        """The sizes for what is read second."""
        return self._replace(text=self.small_text)

    @classmethod
    def of(cls, canvas: Size, faces: int) -> "Sizes":
        """Return the sizes for a canvas with a number of faces on it."""
        crowd = max(LEAST_CROWD_SHARE, min(1.0, (CROWD / max(faces, 1)) ** 0.25))
        grown = REFERENCE_TEXT * (max(canvas) / REFERENCE) ** GROWTH * crowd
        em = min(grown, min(canvas) * SHORT_SIDE_SHARE, MOST_TEXT)
        text = round(em) if em >= LEAST_TEXT else 0
        return cls(
            text=text,
            small_text=max(round(em * SMALL_SHARE), LEAST_TEXT) if text else 0,
            stroke=max(1, round(em / 8)),
            halo=max(1, round(em / 22)),
            radius=max(1, round(em * 0.5)),
            padding=max(1, round(em * 0.38)),
            gap=max(1, round(em / 5)),
        )
