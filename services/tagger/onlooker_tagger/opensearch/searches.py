"""The searches of the OpenSearch index: queries compiled to its query language. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from onlooker_tagger.facts import milliseconds, rarity
from onlooker_tagger.opensearch.stored import ANY_FACE, Json, folded
from onlooker_tagger.opensearch.terms import terms
from onlooker_tagger.queries import Filters, ImageQuery, Within, words
from onlooker_tagger.ranking import BEGINNING, SHORTNESS, SYNONYM, WEIGHTS, Place
from onlooker_tagger.synonyms import Group, groups

FIELDS: dict[Place, str] = {
    "persons": "search.persons",
    "labels": "search.labels",
    "text": "search.texts",
    "file": "search.file",
}
EXPANSIONS = 1000
"""Terms that the end of a phrase may begin."""


def search_body(query: ImageQuery, within: Within, alike: Mapping[str, int] | None) -> Json:
    """Return the body of a search for one page and one more, to see whether there is another page.

    Args:
        query: what is searched for.
        within: what the caller may know of.
        alike: what it counts to share a label with the picture that others are to be like; None if there is none.

    Raises:
        BadRequestError: the query's cursor belongs to another search.
    """
    ranked, direction = query.order == "relevance", "asc" if query.order == "oldest" else "desc"
    wanted = [*text(query.q, ranked=ranked), *_likeness(query, alike)]
    conditions = filters(query, within)
    body: Json = {
        "query": _ranked(query, conditions, wanted) if ranked else {"bool": {"filter": [*conditions, *wanted]}},
        "sort": [{"_score": "desc"} if ranked else {"uploaded_at": direction}, {"search.row": direction}],
        "size": query.limit + 1,
        "track_total_hits": False,
    }
    after = query.position()
    if after is not None:
        value, row = after
        body["search_after"] = [value if ranked else int(value), row]
    return body


def held_body(until: datetime, after: int | None, count: int) -> Json:
    """Return the body of a search for the first pictures behind one, in any order that stays.

    Args:
        until: when they were uploaded at the latest.
        after: what the last one before was sorted by; None to begin.
        count: how many at most.
    """
    return {
        "query": {"bool": {"filter": _range("uploaded_at", {"format": "epoch_millis"}, lte=_moment(until))}},
        "sort": [{"search.row": "asc"}],
        "size": count,
        "_source": ["image_id"],
        "track_total_hits": False,
        **({} if after is None else {"search_after": [after]}),
    }


def rarities_body(labels: Collection[str], within: Within) -> Json:
    """Return the body of a search that says how many pictures a caller may know of, and have each of some labels."""
    counts = {"filters": {"filters": {label: {"term": {"search.label": label}} for label in sorted(labels)}}}
    known = {"bool": {"filter": place(within.bucket, within.prefix)}}
    return {"query": known, "size": 0, "track_total_hits": True, **({"aggs": {"having": counts}} if labels else {})}


def rarities(answer: Json, labels: Collection[str]) -> dict[str, int]:
    """Return what it counts to share each of some labels, by the answer to `rarities_body`."""
    pictures = answer["hits"]["total"]["value"]
    having = answer["aggregations"]["having"]["buckets"] if labels else {}
    return {label: rarity(pictures, having[label]["doc_count"]) for label in labels}


def filters(asked: Filters, within: Within) -> list[Json]:
    """Return what must hold of a document that the filters mean and the caller may know of, but for the free text."""
    return [
        *place(within.bucket, within.prefix),
        *place(asked.bucket, asked.prefix),
        *({"term": {"search.label": folded(label)}} for label in asked.label),
        *({"term": {"search.person": folded(person)}} for person in asked.person),
        *({"term": {"person_ids": person_id}} for person_id in asked.person_id),
        *({"term": {"search.color": folded(color)}} for color in asked.color),
        *([{"term": {"search.moderation": folded(asked.moderation)}}] if asked.moderation is not None else ()),
        *_moderated(asked.moderated),
        *([{"term": {"state": asked.state}}] if asked.state is not None else ()),
        *_face(asked),
        *_range("face_count", gte=asked.min_faces, lte=asked.max_faces),
        *_range("uploaded_at", {"format": "epoch_millis"}, gte=_moment(asked.since), lt=_moment(asked.until)),
    ]


def place(bucket: str | None, prefix: str) -> list[Json]:
    """Demand a bucket and the beginning of a key."""
    return [
        *([{"term": {"bucket": bucket}}] if bucket is not None else ()),
        *([{"prefix": {"key": prefix}}] if prefix else ()),
    ]


def text(q: str | None, *, ranked: bool) -> list[Json]:
    """Demand every word of a free text, the last perhaps as a beginning, or a label that it is an everyday word for."""
    return [demand for group in groups(words(q or "")) for demand in _group(group, ranked=ranked)]


def _ranked(query: ImageQuery, conditions: Sequence[Json], wanted: Sequence[Json]) -> Json:
    """Return a query whose score is what `ranking` says. What a cluster would make of frequencies is none of it."""
    scored: Json = {"bool": {"filter": conditions, "must": wanted}}
    if query.q is None:
        return scored
    shown = {"field": "search.shown", "factor": 1 / SHORTNESS, "modifier": "reciprocal", "missing": 1}
    return {"function_score": {"query": scored, "field_value_factor": shown, "boost_mode": "sum"}}


def _likeness(query: ImageQuery, alike: Mapping[str, int] | None) -> list[Json]:
    """Demand a label in common with a picture, which is none of those found."""
    if alike is None:
        return []
    shared = [{"constant_score": {"filter": {"term": {"search.label": x}}, "boost": n}} for x, n in alike.items()]
    itself = {"term": {"image_id": query.similar_to}}
    return [{"bool": {"should": shared or [{"match_none": {}}], "minimum_should_match": 1, "must_not": [itself]}}]


def _moderated(asked: bool | None) -> list[Json]:
    if asked is None:
        return []
    known = {"exists": {"field": "search.moderation"}}
    return [known if asked else {"bool": {"must_not": [known]}}]


def _face(asked: Filters) -> list[Json]:
    """Demand one face that has all that is asked of a face."""
    if asked.min_age is None and asked.max_age is None:
        return [{"term": {"emotions": asked.emotion}}] if asked.emotion is not None else []
    return _range(f"search.faces.{asked.emotion or ANY_FACE}", gte=asked.min_age, lte=asked.max_age)


def _range(field: str, said: Json | None = None, **bounds: int | None) -> list[Json]:
    given = {bound: value for bound, value in bounds.items() if value is not None}
    return [{"range": {field: given | (said or {})}}] if given else []


def _moment(moment: datetime | None) -> int | None:
    return None if moment is None else milliseconds(moment)


def _group(group: Group, *, ranked: bool) -> list[Json]:
    """Demand words that stand together, or else a label that they are everyday words for."""
    cut = [(found, begun) for word, begun in group.begun_words() if (found := terms(word))]
    demanded = [_word(found, begun=begun, ranked=ranked) for found, begun in cut]
    if not group.labels:
        return demanded
    labels = {"terms": {"search.label": [folded(label) for label in group.labels]}}
    either = [{"bool": {"must": demanded}}, {"constant_score": {"filter": labels, "boost": SYNONYM}}]
    return [{"bool": {"should": either, "minimum_should_match": 1}}]


def _word(word: Sequence[str], *, begun: bool, ranked: bool) -> Json:
    """Demand a word in some field; what only changes the rank of what is found is left out where there are no ranks."""
    if ranked:
        either = [
            each for place, weight in WEIGHTS.items() for each in _counted(FIELDS[place], weight, word, begun=begun)
        ]
    else:
        either = [_begun(field, word) if begun else _phrase(field, word) for field in FIELDS.values()]
    return {"bool": {"should": either, "minimum_should_match": 1}}


def _counted(field: str, weight: float, word: Sequence[str], *, begun: bool) -> list[Json]:
    whole: Json = {"constant_score": {"filter": _phrase(field, word), "boost": weight}}
    if not begun:
        return [whole]
    return [whole, {"constant_score": {"filter": _begun(field, word), "boost": weight * BEGINNING}}]


def _phrase(field: str, word: Sequence[str]) -> Json:
    return {"match_phrase": {field: {"query": " ".join(word)}}}


def _begun(field: str, word: Sequence[str]) -> Json:
    """Return what holds of a word and of what it is the beginning of."""
    if len(word) == 1:
        return {"prefix": {field: word[0]}}
    return {"match_phrase_prefix": {field: {"query": " ".join(word), "max_expansions": EXPANSIONS}}}
