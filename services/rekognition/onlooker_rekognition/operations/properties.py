"""Image properties in the shapes of Amazon's answers: colours, brightness, sharpness, contrast."""

from __future__ import annotations

from collections.abc import Sequence

from onlooker_rekognition.operations.shapes import Structure
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.vision.colors import DominantColor
from onlooker_rekognition.vision.properties import ImageProperties, RegionProperties

_MAX_COLORS = 10


def max_dominant_colors(parameters: Parameters) -> int:
    """How many colours a request of DetectLabels wants at most, of the picture and of each part."""
    settings = parameters.get("Settings", {}).get("ImageProperties", {})
    return int(settings.get("MaxDominantColors", _MAX_COLORS))


def add_properties(answer: Structure, properties: ImageProperties, limit: int) -> None:
    """Complete an answer of DetectLabels: with `ImageProperties`, and the colours of each label's instances."""
    whole = properties.image
    answer["ImageProperties"] = {
        "Quality": {**_quality(whole), "Contrast": whole.contrast},
        "DominantColors": _colors(whole.colors, limit),
        "Foreground": _part(properties.foreground, limit),
        "Background": _part(properties.background, limit),
    }
    instances = [instance for label in answer["Labels"] for instance in label["Instances"]]
    for instance, colors in zip(instances, properties.boxes, strict=True):
        instance["DominantColors"] = _colors(colors, limit)


def _part(region: RegionProperties | None, limit: int) -> Structure | None:
    """The foreground or background, whose contrast Amazon does not state."""
    if region is None:
        return None
    return {"Quality": _quality(region), "DominantColors": _colors(region.colors, limit)}


def _quality(region: RegionProperties) -> Structure:
    return {"Brightness": region.brightness, "Sharpness": region.sharpness}


def _colors(colors: Sequence[DominantColor], limit: int) -> list[Structure]:
    return [
        {
            "Red": dominant.color.red,
            "Green": dominant.color.green,
            "Blue": dominant.color.blue,
            "HexCode": dominant.color.code,
            "CSSColor": dominant.color.name,
            "SimplifiedColor": dominant.color.simplified,
            "PixelPercent": dominant.percent,
        }
        for dominant in colors[:limit]
    ]
