"""What is in a picture, by name: what a detector of objects and a classifier of the whole say together.

The detector gives places, and people, of whom the classifier has no class; all else comes from both. How good that is,
and how the numbers here were found, is in docs/accuracy.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.kinds import Classifier, share
from onlooker_rekognition.vision.objects import ObjectDetector, Objects
from onlooker_rekognition.vision.results import Box, LabelAnalysis, LabelInstance
from onlooker_rekognition.vision.taxonomy import Taxonomy

_LEAST = 25.0
_UNSEEN = 0.5
"""What is left of the probability of a class that the detector knows too, and does not see."""

_STRANGE = 0.15
"""How often something that is none of the thousand classes is surely taken for one; its kind is then mostly right."""

_NOTICED = 0.2
"""What the classifier gives at least to the sort of thing that fills its square."""

_SILENCE = 0.8
"""How often the detector is wrong about a thing that fills the square unnoticed."""

_CARRIERS = "Furniture"
"""What is seldom noticed: the cat on the couch is."""

_PERSON, _BEASTS = "Person", "Wildlife"
"""Whom the classifier does not know, and what the detector takes for them: an ape, a tiger. Pets are held by people."""

Places = Mapping[str, tuple[LabelInstance, ...]]


class LabelReader:
    """Names what is shown."""

    def __init__(self, detector: ObjectDetector, classifier: Classifier, taxonomy: Taxonomy) -> None:
        self._detector = detector
        self._classifier = classifier
        self._taxonomy = taxonomy
        self._known_to_both = taxonomy.members[taxonomy.rows_of(*taxonomy.detected)].astype(bool)
        # of the more classes a label is the sum, the less it matters which of them it is
        self._familiarity = 1 - _STRANGE / np.maximum(taxonomy.members.sum(axis=1), 1)

    def read(self, image: Image) -> tuple[LabelAnalysis, ...]:
        """Every label from a confidence of 25 on, likeliest first, parents included."""
        found = self._detector.find(image)
        probabilities = self._confirmed(self._classifier.probabilities(image), found)
        sums = self._taxonomy.sums(probabilities)
        confidences = 100 * sums * self._familiarity
        places: dict[str, tuple[LabelInstance, ...]] = {}
        for things in found:
            name = self._taxonomy.detected[things.number]
            doubt = share(things.boxes, image) * self._doubt(name, sums)
            places[name] = _instances(things.boxes, 100 * things.confidences * (1 - doubt))
            rows = self._taxonomy.rows_of(name, *self._taxonomy.ancestors[name])
            confidences[rows] = np.maximum(confidences[rows], places[name][0].confidence)
        return self._labels(confidences, places)

    def _confirmed(self, probabilities: Array, found: Sequence[Objects]) -> Array:
        """Less of the classes that the detector would have to see as well, and does not."""
        seen = self._known_to_both[[things.number for things in found]].any(axis=0)
        trust = np.where(self._known_to_both.any(axis=0) & ~seen, np.float32(_UNSEEN), np.float32(1))
        return np.asarray(trust * probabilities)

    def _doubt(self, name: str, sums: Array) -> float:
        """How sure the classifier is (0..1) that what fills its square is not this thing.

        Either it names another of that sort, another animal say, or it sees nothing of that sort at all.
        """
        if name == _PERSON:
            (beasts,) = self._taxonomy.rows_of(_BEASTS)
            return max(2 * float(sums[beasts]) - 1, 0)  # how much likelier they are than all else
        row, *sort = self._taxonomy.rows_of(name, *(self._taxonomy.roots(name) or [name]))
        if not self._taxonomy.members[sort].any() or _CARRIERS in self._taxonomy.ancestors[name]:
            return 0.0
        unseen = _SILENCE * max(1 - float(sums[sort].max()) / _NOTICED, 0)
        if not self._taxonomy.members[row].any():  # it has to take this for something else
            return unseen
        return max(float((sums[sort] - sums[row]).max()), unseen)

    def _labels(self, confidences: Array, places: Places) -> tuple[LabelAnalysis, ...]:
        likely = np.flatnonzero(confidences >= _LEAST)
        labels = [self._label(self._taxonomy.names[row], confidences[row], places) for row in likely]
        return tuple(sorted(labels, key=lambda label: (-label.confidence, label.name)))

    def _label(self, name: str, confidence: float, places: Places) -> LabelAnalysis:
        term = self._taxonomy.terms[name]
        instances = places.get(name, ())
        confidence = min(float(confidence), 100.0)  # probabilities are rounded, and may sum to a little more than 1
        return LabelAnalysis(
            name, confidence, instances, self._taxonomy.ancestors[name], term.aliases, (term.category,)
        )


def _instances(boxes: Array, confidences: Array) -> tuple[LabelInstance, ...]:
    """Most confident first."""
    order = np.argsort(-confidences, kind="stable")
    places = (Box(left, top, right - left, bottom - top) for left, top, right, bottom in boxes[order].tolist())
    return tuple(map(LabelInstance, places, confidences[order].tolist()))
