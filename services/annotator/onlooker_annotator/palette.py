"""The colours of what is drawn, as (red, green, blue), 0..255.

Faces and objects differ by hue and lightness in every kind of colour blindness (sky blue and orange of M. Okabe and
K. Ito, "Color Universal Design", 2008), and by form besides: a frame and four corners.
"""

from onlooker_annotator.captions import Kind

Colour = tuple[int, int, int]

ACCENT: dict[Kind, Colour] = {Kind.FACE: (86, 180, 233), Kind.OBJECT: (240, 173, 40)}

PLATE: Colour = (13, 17, 23)
PLATE_OPACITY = 0.8
"""Lets the picture shine through, yet keeps both text colours over 4.5:1 (WCAG 2.2, 1.4.3) on pure white."""
STRONG_TEXT: Colour = (255, 255, 255)
DIM_TEXT: Colour = (201, 209, 217)

HALO: Colour = (0, 0, 0)
HALO_OPACITY = 0.45
