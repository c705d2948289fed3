"""How a picture looks: its colours with their shares, and its quality."""

from collections.abc import Iterator
from dataclasses import dataclass

from onlooker_shared.recognition import DominantColor, ImageProperties, RegionProperties


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour.

    Attributes:
        start: where it begins in the bar of all, 0 to 100; `share` is its length.
    """

    hex_code: str
    name: str
    plain: str
    """What pictures can be searched by."""
    percent: float
    start: float
    share: float


@dataclass(frozen=True, slots=True)
class Region:
    """Figures of the picture or of a part of it; each 0 to 100."""

    name: str
    figures: tuple[tuple[str, float], ...]


def swatches(properties: ImageProperties | None) -> tuple[Swatch, ...]:
    """Return a picture's colours, the largest share first."""
    return tuple(_swatches(properties.dominant_colors)) if properties else ()


def regions(properties: ImageProperties | None) -> tuple[Region, ...]:
    """Return brightness, sharpness and contrast of the whole picture and of its parts, as far as they are known."""
    if properties is None:
        return ()
    parts: tuple[tuple[str, RegionProperties | None], ...] = (
        ("Whole picture", properties),
        ("Foreground", properties.foreground),
        ("Background", properties.background),
    )
    found = (Region(name, tuple(_figures(part))) for name, part in parts if part)
    return tuple(region for region in found if region.figures)


def _swatches(colors: tuple[DominantColor, ...]) -> Iterator[Swatch]:
    whole, start = sum(color.pixel_percent for color in colors) or 1.0, 0.0
    for color in colors:
        share = color.pixel_percent / whole * 100
        yield Swatch(
            color.hex_code,
            _spaced(color.css_color),
            color.simplified_color,
            color.pixel_percent,
            round(start, 2),
            round(share, 2),
        )
        start += share


def _spaced(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _figures(part: RegionProperties) -> Iterator[tuple[str, float]]:
    for field in ("brightness", "sharpness", "contrast"):
        value: float | None = getattr(part, field, None)
        if value is not None:
            yield field.capitalize(), value
