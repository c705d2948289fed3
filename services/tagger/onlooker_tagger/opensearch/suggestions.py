"""The suggestions of the OpenSearch index: which names and words begin as was typed, and how many pictures have them.

Pure. Documents have a value for every beginning of every name (`stored._names`), so that one aggregation finds the
names by their words, and another the words of text, of which there are too many to number them all.
"""

import re
from collections.abc import Iterator

from onlooker_tagger.opensearch.searches import place
from onlooker_tagger.opensearch.stored import BETWEEN, Json, folded, named
from onlooker_tagger.queries import Suggestion, Within
from onlooker_tagger.synonyms import beginning_with

MOST = 500
"""Names looked at, the most frequent first: what is suggested is the best of them."""
VERY = 20
"""Names that are just what was typed: a label, a person, a folder."""
WORDS = 50
_OPERATOR = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$-]')
"""What Lucene's regular expressions take for more than a character."""


def body(wanted: str, within: Within) -> Json:
    """Return the body of a search for what begins as was typed.

    Args:
        wanted: what was typed (`suggesting.typed`), with a letter or digit at least.
        within: what the caller may know of.
    """
    begun = _OPERATOR.sub(r"\\\g<0>", wanted)
    labels = sorted({folded(label) for _, label in beginning_with(wanted)})
    somewhere = [
        {"prefix": {"search.names": wanted}},
        {"prefix": {"search.words": wanted}},
        *([{"terms": {"search.label": labels}}] if labels else ()),
    ]
    names, text = {"field": "search.names"}, {"field": "search.words", "execution_hint": "map"}
    aggregations: Json = {
        "names": {"terms": {**names, "include": f"{begun}.*", "size": MOST}},
        "very": {
            "filter": {"prefix": {"search.names": f"{wanted}{BETWEEN}"}},
            "aggs": {"names": {"terms": {**names, "include": f"{begun}{BETWEEN}.*", "size": VERY}}},
        },
        "words": {"terms": {**text, "include": f"{begun}.*", "size": WORDS}},
        "word": {"terms": {**text, "include": [wanted], "size": 1}},
    }
    if labels:
        aggregations["labels"] = {"terms": {"field": "search.label", "include": labels, "size": len(labels)}}
    return {
        "query": {
            "bool": {
                "filter": [
                    *place(within.bucket, within.prefix),
                    {"bool": {"should": somewhere, "minimum_should_match": 1}},
                ]
            }
        },
        "size": 0,
        "track_total_hits": False,
        "aggs": aggregations,
    }


def read(answer: Json, wanted: str) -> Iterator[Suggestion]:
    """Return what was found, in no order, some of it twice."""
    counted = answer["aggregations"]
    for bucket in (*counted["very"]["names"]["buckets"], *counted["names"]["buckets"]):
        kind, name = named(bucket["key"])
        yield Suggestion.model_validate({"kind": kind, "name": name, "count": bucket["doc_count"]})
    for bucket in (*counted["word"]["buckets"], *counted["words"]["buckets"]):
        yield Suggestion(kind="text", name=bucket["key"], count=bucket["doc_count"])
    having = {bucket["key"]: bucket["doc_count"] for bucket in counted.get("labels", {"buckets": ()})["buckets"]}
    for word, label in beginning_with(wanted):
        yield Suggestion(kind="label", name=label, count=having.get(folded(label), 0), matched=word)
