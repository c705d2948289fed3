"""Version 1 of the index, as installations have it that were made before pictures had texts, moderation and colours."""

from typing import Any

from onlooker_tagger.documents import Document
from onlooker_tagger.opensearch.schema import Schema
from onlooker_tagger.opensearch.stored import folded
from onlooker_tagger.opensearch.terms import terms
from onlooker_tagger.tombstones import object_id

Json = dict[str, Any]

KEYWORD: Json = {"type": "keyword"}
WORDS: Json = {"type": "text", "analyzer": "whitespace", "position_increment_gap": 100}
"""Terms that `terms` made, with spaces between; the gap keeps phrases from reaching from one name into the next."""
NUMBER: Json = {"type": "integer"}
MOMENT: Json = {"type": "date", "format": "strict_date_optional_time||epoch_millis"}
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
    "width": NUMBER,
    "height": NUMBER,
    "face_count": NUMBER,
    "faces": {
        "type": "nested",
        "dynamic": "strict",
        "properties": {
            "bounding_box": UNINDEXED,
            "emotion": KEYWORD,
            "emotion_confidence": {"type": "float"},
            "age_low": NUMBER,
            "age_high": NUMBER,
            "gender": KEYWORD,
            "person": KEYWORD,
        },
    },
    "persons": KEYWORD,
    "labels": {
        "dynamic": "strict",
        "properties": {
            "name": KEYWORD,
            "confidence": {"type": "float"},
            "parents": KEYWORD,
            "aliases": KEYWORD,  # of later documents: only there so that this can be made of them
            "categories": KEYWORD,
        },
    },
    # Derived, for searches alone.
    "search": {
        "dynamic": "strict",
        "properties": {
            "row": {"type": "long"},
            "label": KEYWORD,
            "person": KEYWORD,
            "labels": WORDS,
            "persons": WORDS,
            "file": WORDS,
        },
    },
}


def _source(document: Document) -> Json:
    """Return a document as it is stored: without renditions, which the notes have, and with what searches need."""
    own = {label.name for label in document.labels}
    every = sorted(own | {parent for label in document.labels for parent in label.parents})
    later = {"faces": {"__all__": {"person_id"}}}
    return document.model_dump(mode="json", include=set(PROPERTIES), exclude=later) | {
        "search": {
            # Decides between pictures of one moment, so that a cursor has a place among them; 63 bits, as a long has.
            "row": int(object_id(document.bucket, document.key)[:16], 16) >> 1,
            "label": [folded(name) for name in every],
            "person": [folded(name) for name in document.persons],
            "labels": [" ".join(terms(name)) for name in every],
            "persons": [" ".join(terms(name)) for name in document.persons],
            "file": " ".join(terms(document.key)),
        }
    }


ONE = Schema(version=1, properties=PROPERTIES, source=_source)
