"""From measurements to verdicts and their confidences."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision.results import Verdict

_EVEN = 0.5


def soft_step(value: float, middle: float, softness: float) -> float:
    """0 far below `middle`, 0.5 at it, 1 far above: the logistic function."""
    return float((1 + np.tanh((value - middle) / softness / 2)) / 2)


def verdict(probability: float) -> Verdict:
    """What a probability (0..1) speaks for, and how strongly (50..100)."""
    return Verdict(bool(probability > _EVEN), 100 * float(max(probability, 1 - probability)))
