"""What the tagger keeps in OpenSearch: two kinds of indices and their mappings.

    image_insights -> image_insights-000001    the documents, one for each bucket and key; readers use the alias
    notes-image_insights                       what is known of a picture by its id alone, and of deleted objects by
                                               the hash of their name; never searched

The number in an index's name is the version of its mapping. Raise `SCHEMA`'s with every change of the mapping or of
what `stored.source_of` derives, and the documents are copied into a new index while the old one answers (`copying`).
Only a field that is new, and that no document from before would have, needs no other index: it is added to the one that
is there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_tagger.documents import Document
from onlooker_tagger.opensearch.stored import DERIVED, KINDS_OF_FACES, Json, source_of

KEYWORD: Json = {"type": "keyword"}
WORDS: Json = {"type": "text", "analyzer": "whitespace", "position_increment_gap": 100}
"""Terms that `terms` made, with spaces between; the gap keeps phrases from reaching from one name into the next."""
NUMBER: Json = {"type": "integer"}
MOMENT: Json = {"type": "date", "format": "strict_date_optional_time||epoch_millis"}
LONGEST_COUNTED = 8191
"""Characters of a value that is counted at most: an index takes 32,766 bytes."""
AGES: Json = {"type": "integer_range"}
UNINDEXED: Json = {"type": "object", "enabled": False}

PROPERTIES: Json = {
    # The fields of earlier installations' index, by the names and formats that their dashboards read.
    "doc_id": KEYWORD,
    "image_id": KEYWORD,
    "image_url": KEYWORD,
    "tags": KEYWORD,
    "tag_id": KEYWORD,
    "created_at": {"type": "date", "format": "yyyy-MM-dd'T'HH:mm:ss'Z'"},
    # The rest of `Document`.
    "bucket": KEYWORD,
    "key": KEYWORD,
    "sequencer": {"type": "keyword", "index": False},
    "uploaded_at": MOMENT,
    "state": KEYWORD,
    "reason": {"type": "text", "index": False},
    "recognized_at": MOMENT,
    "identified_at": MOMENT,
    "width": NUMBER,
    "height": NUMBER,
    "face_count": NUMBER,
    "faces": {  # not nested: each face would be a document of its own, and slow down whatever is counted
        "dynamic": "strict",
        "properties": {
            "bounding_box": UNINDEXED,
            "emotion": KEYWORD,
            "emotion_confidence": {"type": "float"},
            "age_low": NUMBER,
            "age_high": NUMBER,
            "gender": KEYWORD,
            "person": KEYWORD,
            "person_id": KEYWORD,
        },
    },
    "persons": KEYWORD,
    "person_ids": KEYWORD,
    "labels": {
        "dynamic": "strict",
        "properties": {
            "name": KEYWORD,
            "confidence": {"type": "float"},
            "parents": KEYWORD,
            "aliases": KEYWORD,
            "categories": KEYWORD,
        },
    },
    "texts": {"type": "keyword", "ignore_above": LONGEST_COUNTED},
    "moderation": {
        "dynamic": "strict",
        "properties": {"name": KEYWORD, "confidence": {"type": "float"}, "parent": KEYWORD},
    },
    "colors": {
        "dynamic": "strict",
        "properties": {"name": KEYWORD, "hex_code": KEYWORD, "pixel_percent": {"type": "float"}},
    },
    "features": KEYWORD,
    "indexed_at": MOMENT,
    # Derived, for dashboards: what any face shows, each once, at the top, where they look for it.
    "emotions": KEYWORD,
    # Derived, for searches alone.
    DERIVED: {
        "dynamic": "strict",
        "properties": {
            "row": {"type": "long"},
            "shown": {"type": "integer", "index": False},
            "label": KEYWORD,
            "person": KEYWORD,
            "moderation": KEYWORD,
            "color": KEYWORD,
            "labels": WORDS,
            "persons": WORDS,
            "texts": WORDS,
            "file": WORDS,
            "faces": {"dynamic": "strict", "properties": dict.fromkeys(KINDS_OF_FACES, AGES)},
            "tallies": KEYWORD,
            "ages": KEYWORD,
            "folder": KEYWORD,
            "reason": {"type": "keyword", "ignore_above": LONGEST_COUNTED},
            "names": KEYWORD,
            "words": KEYWORD,
        },
    },
}
NOTES: Json = {  # only ever added to: this index has no versions
    "object": {"type": "keyword", "index": False, "doc_values": False},
    "annotation": UNINDEXED,
    "deletion": UNINDEXED,
}


@dataclass(frozen=True, slots=True)
class Schema:
    """One version of how documents are stored.

    Args:
        version: 1, 2, ...
        properties: the mapping of their fields.
        source: makes what is stored of a document.
    """

    version: int
    properties: Mapping[str, Any]
    source: Callable[[Document], Json]


SCHEMA = Schema(version=3, properties=PROPERTIES, source=source_of)
"""The present one. Version 1 knew no texts, moderation and colours, version 2 not how much a picture shows."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of everything in the cluster.

    Args:
        alias: what the documents are read by.
    """

    alias: str

    @property
    def notes(self) -> str:
        """The index of the notes. Its name does not begin with the alias, so no pattern of a dashboard meets it."""
        return f"notes-{self.alias}"

    @property
    def pattern(self) -> str:
        """What the names of all indices of documents match."""
        return f"{self.alias}-*"

    def documents(self, version: int) -> str:
        """Return the name of the index of documents with a version of the mapping."""
        return f"{self.alias}-{version:06d}"

    def version(self, index: str) -> int | None:
        """Return the version in an index's name; None if the tagger did not give it that name."""
        number = index.removeprefix(f"{self.alias}-")
        return int(number) if index != number and len(number) == 6 and number.isdecimal() else None  # noqa: PLR2004


def templates(names: Names, schema: Schema, shards: int) -> dict[str, Json]:
    """Return the index templates by the names of the indices that they are for, and that they have themselves.

    Each is for one version, so that two versions that run at once do not overwrite each other's.
    """
    documents = names.documents(schema.version)
    return {
        documents: _template(documents, shards, schema.properties, {"schema": schema.version}),
        names.notes: _template(names.notes, shards, NOTES, {"notes": 1}),
    }


def _template(index: str, shards: int, properties: Mapping[str, Any], meta: Json) -> Json:
    return {
        "index_patterns": [index],
        "priority": 100,
        "template": {
            # One node has no place for a replica, and is not to be yellow for it.
            "settings": {"number_of_shards": shards, "auto_expand_replicas": "0-1"},
            "mappings": {
                "dynamic": "strict",
                "_meta": meta,
                "_source": {"excludes": [DERIVED]},  # it is indexed, and never read: answers are half as large
                "properties": properties,
            },
        },
    }
