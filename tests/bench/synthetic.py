"""Documents as a year of pictures would make them, without the pictures: for benchmarks of the index.

Few labels are in most pictures and most labels in few, as Zipf has it; they come from the local server's taxonomy, with
their parents. Every third picture has faces, every tenth text, every fiftieth failed.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, get_args

from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import BoundingBox, EmotionType
from onlooker_tagger import documents
from onlooker_tagger.documents import ColorSummary, Document, FaceSummary, LabelSummary, ModerationSummary

TAXONOMY = Path(__file__).parents[2] / "services/rekognition/onlooker_rekognition/vision/taxonomy.json"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = 365 * 24 * 3600
LABELS = 10
"""Labels of a picture at most; drawn twice, one counts once."""
PERSONS = tuple(
    f"{first} {last}" for first in ("Ann", "Ben", "Chen", "Dina", "Emre") for last in "ABCDEFGHIJKLMNOPQRST"
)
FOLDERS = tuple(f"2026/{month:02}/camera-{camera}/" for month in range(1, 13) for camera in range(8))
COLORS = ("black", "white", "grey", "red", "green", "blue", "yellow", "brown", "orange", "pink", "purple", "teal")
SYLLABLES = ("ba", "do", "ki", "lo", "me", "nu", "pa", "ri", "so", "tu", "ve", "za")
MODERATION = (
    ("Alcohol", None),
    ("Alcoholic Beverages", "Alcohol"),
    ("Smoking", "Drugs & Tobacco"),
    ("Weapons", "Violence"),
)
BOX = BoundingBox(left=0.1, top=0.2, width=0.3, height=0.4)


def synthetic(count: int, seed: int = 7) -> Iterator[Document]:
    """Yield documents; the same ones for the same count and seed."""
    made = _Maker(random.Random(seed))
    for number in range(count):
        yield made.document(number, FIRST + timedelta(seconds=number * YEAR // count))


class _Maker:
    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        taxonomy: dict[str, Any] = json.loads(TAXONOMY.read_text())
        names = sorted(taxonomy)
        dice.shuffle(names)
        self._labels = [LabelSummary(name=x, confidence=90.0, parents=tuple(taxonomy[x]["parents"])) for x in names]
        self._weights = list(accumulate(1 / rank for rank in range(1, len(names) + 1)))
        self._emotions = get_args(EmotionType)

    def document(self, number: int, uploaded_at: datetime) -> Document:
        dice = self._dice
        image = ImageRef.of(
            bucket="images",
            key=f"{dice.choice(FOLDERS)}IMG_{number:06}.jpg",
            etag=f"{number:032x}",
            size=1_000_000,
            uploaded_at=uploaded_at,
            sequencer=f"{number:018X}",
        )
        if dice.random() < 1 / 50:
            return documents.failed(image, dice.choice(("It is empty.", "It is no picture.", "It is too large.")))
        labels = {x.name: x for x in dice.choices(self._labels, cum_weights=self._weights, k=LABELS)}
        faces = tuple(self._face() for _ in range(dice.choice((1, 1, 1, 2, 2, 5)))) if dice.random() < 1 / 3 else ()
        return documents.failed(image, "").model_copy(
            update={
                "state": "recognized",
                "reason": None,
                "recognized_at": uploaded_at,
                "width": 4000,
                "height": 3000,
                "tags": tuple(sorted(labels)),
                "labels": tuple(labels.values()),
                "faces": faces,
                "face_count": len(faces),
                "persons": tuple(sorted({face.person for face in faces if face.person})),
                "texts": (self._line(),) if dice.random() < 1 / 10 else (),
                "moderation": self._moderation() if dice.random() < 1 / 40 else (),
                "colors": tuple(
                    ColorSummary(name=name, hex_code="#808080", pixel_percent=30.0) for name in dice.sample(COLORS, 3)
                ),
            }
        )

    def _face(self) -> FaceSummary:
        low = self._dice.randrange(1, 80)
        return FaceSummary(
            bounding_box=BOX,
            emotion=self._dice.choice(self._emotions),
            emotion_confidence=90.0,
            age_low=low,
            age_high=low + 8,
            gender=self._dice.choice(("Female", "Male")),
            person=self._dice.choice(PERSONS) if self._dice.random() < 1 / 4 else None,
        )

    def _line(self) -> str:
        return " ".join("".join(self._dice.choices(SYLLABLES, k=3)) for _ in range(4))

    def _moderation(self) -> tuple[ModerationSummary, ...]:
        name, parent = self._dice.choice(MODERATION)
        return (ModerationSummary(name=name, confidence=90.0, parent=parent),)
