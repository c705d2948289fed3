"""Apparent emotions, from two networks and the shape of the mouth.

Alone, either network now and then calls a serious face happy: the one trained on few dark faces more often. So
their mean is taken, and of its share of HAPPY only as much is kept as the mesh sees the corners of the mouth lifted;
the rest goes to CALM, which is what a face is when no expression is confirmed. The other shares are halved: both were
trained on as many faces of each emotion, while people in photos are mostly calm or happy. No network knows CONFUSED:
always 0.
"""

from __future__ import annotations

from typing import get_args

import numpy as np

from onlooker_rekognition.vision.models import Floats
from onlooker_rekognition.vision.results import Emotion, EmotionType

_RARE: tuple[EmotionType, ...] = ("ANGRY", "DISGUSTED", "FEAR", "SAD", "SURPRISED")
_RARITY = 0.5

_EMOTION: tuple[EmotionType, ...] = ("ANGRY", "DISGUSTED", "FEAR", "HAPPY", "SAD", "SURPRISED", "CALM")
_EXPRESSION: tuple[EmotionType, ...] = ("CALM", "HAPPY", "SAD", "ANGRY", "FEAR", "DISGUSTED", "SURPRISED")


def smile(emotion: Floats, expression: Floats, smiling: float) -> float:
    """How clearly (0..1) a face smiles: what the networks (7,) each think of happiness, and as much the mouth."""
    happy = (emotion[_EMOTION.index("HAPPY")] + expression[_EXPRESSION.index("HAPPY")]) / 2
    return (float(happy) + smiling) / 2


def combine(emotion: Floats, expression: Floats, smiling: float) -> tuple[Emotion, ...]:
    """All eight emotions, likeliest first, from the networks' probabilities (7,) each and `smiling`, 0..1."""
    shares: dict[EmotionType, float] = dict.fromkeys(get_args(EmotionType), 0.0)
    for order, probabilities in ((_EMOTION, emotion), (_EXPRESSION, expression)):
        for kind, probability in zip(order, probabilities, strict=True):
            shares[kind] += float(probability)
    for kind in _RARE:
        shares[kind] *= _RARITY
    unconfirmed = shares["HAPPY"] * (1 - smiling)
    shares["HAPPY"] -= unconfirmed
    shares["CALM"] += unconfirmed
    total = float(np.sum(list(shares.values())))
    emotions = (Emotion(kind, 100 * share / total) for kind, share in shares.items())
    return tuple(sorted(emotions, key=lambda emotion: -emotion.confidence))
