"""Documents and notes as they are stored: pure. Whoever changes what this derives raises the version of the mapping."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, get_args

from onlooker_shared.annotations import Annotation
from onlooker_shared.recognition import EmotionType
from onlooker_tagger.documents import Document
from onlooker_tagger.facts import beginnings, decade, folder, label_names, moderation_names, text_words
from onlooker_tagger.opensearch.terms import terms
from onlooker_tagger.tombstones import object_id

Json = dict[str, Any]

DERIVED = "search"
"""The field of what searches need besides the document."""
LONGEST = 1024
"""Characters of a name or word that is suggested; more of it tells nobody anything."""
BETWEEN = "\0"
"""Stands between the parts of a value that holds more than one; no name has it."""
ANY_FACE = "any"
KINDS_OF_FACES = (ANY_FACE, *get_args(EmotionType))
"""What the ages of faces are kept by."""
FACES, FAILED = "faces", "failed"
"""What is counted of a picture besides its emotions."""
NO_RENDITIONS: Json = {"annotation": None}
"""The note that a picture's renditions are forgotten."""


NOTHING_KNOWN: Json = {"object": None, "annotation": None}
"""The note of a picture that was taken out as if it had never been put."""


def folded(name: str) -> str:
    """Return a name as filters compare it: without case."""
    return name.casefold()


def source_of(document: Document) -> Json:
    """Return a document as it is stored: without renditions, which the notes have, and with what searches need."""
    return document.model_dump(mode="json", exclude=set(Annotation.model_fields)) | {
        "emotions": sorted({face.emotion for face in document.faces if face.emotion}),
        DERIVED: _derived(document),
    }


def _derived(document: Document) -> Json:
    labels, moderation = sorted(label_names(document)), sorted(moderation_names(document))
    emotions = [face.emotion for face in document.faces]
    aliases = sorted({alias for label in document.labels for alias in label.aliases})
    return {
        # Decides between pictures of one moment, so that a cursor has a place among them; 63 bits, as a long has.
        "row": int(object_id(document.bucket, document.key)[:16], 16) >> 1,
        "shown": 1 + len(document.tags),  # labels, of which fewer rank higher
        "label": [folded(name) for name in labels],
        "person": [folded(name) for name in document.persons],
        "moderation": [folded(name) for name in moderation],
        "color": [folded(color.name) for color in document.colors],
        "labels": [" ".join(terms(name)) for name in (*labels, *aliases)],
        "persons": [" ".join(terms(name)) for name in document.persons],
        "texts": [" ".join(terms(line)) for line in document.texts],
        "file": " ".join(terms(document.key)),
        "faces": _faces(document),
        "tallies": _tallies(
            [*emotions, *(FACES for _ in document.faces), *([FAILED] if document.state == "failed" else [])]
        ),
        "ages": _tallies(decade(face.age_low, face.age_high) for face in document.faces),
        "folder": folder(document.key),
        "reason": document.reason,
        "names": _names(document, labels),
        "words": sorted(word[:LONGEST] for word in text_words(document)),
    }


def _faces(document: Document) -> dict[str, list[Json]]:
    """Return the ranges of age of all faces, and of those with each emotion, so that one face is found by both."""
    ranges: dict[str, list[Json]] = defaultdict(list)
    for face in document.faces:
        if face.age_low is not None and face.age_high is not None:
            for kind in (ANY_FACE, face.emotion):
                if kind is not None:
                    ranges[kind].append({"gte": face.age_low, "lte": max(face.age_low, face.age_high)})
    return ranges


def _tallies(shown: Iterable[str | None]) -> list[str]:
    """Return how many faces show what, as "HAPPY" and "2".

    A field has each of its values once, so the number is part of it. One such field is counted several times as fast
    as nested documents, sums and filters.
    """
    return sorted(f"{name}{BETWEEN}{count}" for name, count in Counter(filter(None, shown)).items())


def tally(value: str, pictures: int) -> tuple[str, int]:
    """Return what one value of `_tallies` counts, and how many faces that are in some pictures that have it."""
    name, _, count = value.partition(BETWEEN)
    return name, int(count) * pictures


def _names(document: Document, labels: Iterable[str]) -> list[str]:
    """Return what may be typed of a document's names, with kind and name, as "cup", "label", "Coffee Cup"."""
    named = [
        *(("label", name) for name in labels),
        *(("person", name) for name in document.persons),
        *(("folder", name) for name in (folder(document.key),) if name),
    ]
    return sorted(
        BETWEEN.join((begun[:LONGEST], kind, name[:LONGEST])) for kind, name in named for begun in beginnings(name)
    )


def named(value: str) -> tuple[str, str]:
    """Return kind and name that one value of `_names` stands for."""
    _, kind, name = value.rsplit(BETWEEN, 2)
    return kind, name


def note_of(document: Document) -> Json:
    """Return the note that a picture was put, and where."""
    return note_of_object(object_id(document.bucket, document.key))


def note_of_object(key: str) -> Json:
    """Return the note that a picture was put or deleted, and under which id its document is or was."""
    return {"object": key}


def note_of_annotation(annotation: Annotation) -> Json:
    """Return the note of the pictures made of one."""
    return {"annotation": annotation.model_dump(mode="json")}
