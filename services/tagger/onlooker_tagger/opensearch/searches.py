"""The searches of the OpenSearch index: queries compiled to its query language. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from onlooker_tagger.facts import rarity
from onlooker_tagger.opensearch.stored import ANY_FACE, Json, folded
from onlooker_tagger.opensearch.terms import terms
from onlooker_tagger.queries import Filters, ImageQuery, Within, words
from onlooker_tagger.synonyms import Group, groups

WEIGHTS = {"search.persons": 3.0, "search.labels": 2.0, "search.texts": 1.5, "search.file": 1.0}
"""What a word counts where it is found: names weigh more than labels, those more than text in the picture and files."""
SYNONYM = 1.5
"""What a label counts that a word is an everyday word for: less than if the label had the word itself."""
BEGINNING = 0.5
"""What a word counts that only begins another, of what a whole one counts."""
SHORTNESS = 0.05
"""What BM25's measure adds, so that of equal matches the picture that shows little else comes first."""
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
        "query": {"bool": {"filter": conditions, "must": wanted} if ranked else {"filter": [*conditions, *wanted]}},
        "sort": [{"_score": "desc"} if ranked else {"uploaded_at": direction}, {"search.row": direction}],
        "size": query.limit + 1,
        "track_total_hits": False,
    }
    after = query.position()
    if after is not None:
        value, row = after
        body["search_after"] = [value if ranked else int(value), row]
    return body


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
    found = groups(words(q or ""))
    last = len(found) - 1
    return [demand for n, group in enumerate(found) for demand in _group(group, last=n == last, ranked=ranked)]


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
    """Return a moment in milliseconds since 1970."""
    return None if moment is None else int(moment.timestamp() * 1000)


def _group(group: Group, *, last: bool, ranked: bool) -> list[Json]:
    """Demand words that stand together, or else a label that they are everyday words for."""
    cut = [found for word in group.words if (found := terms(word))]
    demanded = [_word(found, last=last and n == len(cut) - 1, ranked=ranked) for n, found in enumerate(cut)]
    if not group.labels:
        return demanded
    labels = {"terms": {"search.label": [folded(label) for label in group.labels]}}
    either = [{"bool": {"must": demanded}}, {"constant_score": {"filter": labels, "boost": SYNONYM}}]
    return [{"bool": {"should": either, "minimum_should_match": 1}}]


def _word(word: Sequence[str], *, last: bool, ranked: bool) -> Json:
    """Demand a word in some field; what only changes the rank of what is found is left out where there are no ranks."""
    if ranked:
        either = [match for field, weight in WEIGHTS.items() for match in _matches(field, weight, word, last=last)]
    else:
        either = [_begun(field, word) if last else _phrase(field, word) for field in WEIGHTS]
    return {"bool": {"should": either, "minimum_should_match": 1}}


def _matches(field: str, weight: float, word: Sequence[str], *, last: bool) -> list[Json]:
    whole: list[Json] = [
        {"constant_score": {"filter": _phrase(field, word), "boost": weight}},
        {"match_phrase": {field: {"query": " ".join(word), "boost": SHORTNESS}}},
    ]
    if not last:
        return whole
    return [*whole, {"constant_score": {"filter": _begun(field, word), "boost": weight * BEGINNING}}]


def _phrase(field: str, word: Sequence[str]) -> Json:
    return {"match_phrase": {field: {"query": " ".join(word)}}}


def _begun(field: str, word: Sequence[str]) -> Json:
    """Return what holds of a word and of what it is the beginning of."""
    if len(word) == 1:
        return {"prefix": {field: word[0]}}
    return {"match_phrase_prefix": {field: {"query": " ".join(word), "max_expansions": EXPANSIONS}}}
