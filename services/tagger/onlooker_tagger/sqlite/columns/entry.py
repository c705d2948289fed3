"""What the columns hold of one picture, and how the database keeps it."""

import json
from dataclasses import dataclass
from typing import Literal, get_args

from onlooker_tagger import facts
from onlooker_tagger.documents import Document

Named = Literal[
    "labels", "parents", "persons", "person_ids", "moderation", "moderation_parents", "colors", "words", "state",
    "reason", "bucket", "folder",
]  # fmt: skip
"""The kinds of names: parents are those that are no labels of the picture themselves, words those of text in it."""
NAMED: tuple[Named, ...] = get_args(Named)

FaceFacts = tuple[str | None, int | None, int | None]
"""Of one face: the emotion, the least and the most age."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture in the columns."""

    id: int
    key: str
    uploaded_at: int  # milliseconds since 1970
    names: dict[Named, list[str]]
    faces: list[FaceFacts]

    @classmethod
    def stored(cls, row: int, bucket: str, key: str, uploaded_at: int, facts_of_it: str) -> "Entry":
        """Return a picture as the database has it."""
        names, faces = json.loads(facts_of_it)
        names["bucket"], names["folder"] = [bucket], [facts.folder(key)]
        return cls(row, key, uploaded_at, names, faces)


def facts_of(document: Document) -> str:
    """Return what the columns need of a document besides its place and time, to be stored beside it."""
    labels = {label.name for label in document.labels}
    moderation = {label.name for label in document.moderation}
    names: dict[Named, set[str]] = {
        "labels": labels,
        "parents": facts.label_names(document) - labels,
        "persons": set(document.persons),
        "person_ids": set(document.person_ids),
        "moderation": moderation,
        "moderation_parents": facts.moderation_names(document) - moderation,
        "colors": {color.name for color in document.colors},
        "words": facts.text_words(document),
        "state": {document.state},
        "reason": {document.reason} if document.reason and document.state == "failed" else set(),
    }
    faces = [(face.emotion, face.age_low, face.age_high) for face in document.faces]
    return json.dumps([{kind: sorted(found) for kind, found in names.items() if found}, faces], ensure_ascii=False)
