"""The searches of the OpenSearch index: queries compiled to its query language, and its answers read. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

from onlooker_tagger.opensearch.schema import Json, folded
from onlooker_tagger.opensearch.terms import terms
from onlooker_tagger.queries import (
    TIMELINE_LIMIT,
    TOP_LABELS,
    Count,
    Filters,
    ImageQuery,
    Period,
    Share,
    Statistics,
    StatisticsQuery,
    Within,
    words,
)

WEIGHTS = {"search.persons": 3.0, "search.labels": 2.0, "search.file": 1.0}
"""What a word counts where it is found: names weigh more than labels, labels than file names."""
BEGINNING = 0.5
"""What a word counts that only begins another, of what a whole one counts."""
SHORTNESS = 0.05
"""What BM25's measure adds, so that of equal matches the picture that shows little else comes first."""
EXPANSIONS = 1000
"""Terms that the end of a phrase may begin."""
SHARD_TERMS = 1000
"""Labels that each shard names, so that the sums are right where there are several."""
EMOTIONS = 20
"""More than there are."""
PERIODS = {"day": "%Y-%m-%d", "hour": "%Y-%m-%dT%H:00:00Z"}


def search_body(query: ImageQuery, within: Within) -> Json:
    """Return the body of a search for one page and one more, to see whether there is another page.

    Raises:
        BadRequestError: the query's cursor belongs to another search.
    """
    ranked = query.order == "relevance"
    body: Json = {
        "query": {"bool": {"filter": filters(query, within), "must": _text(query.q)}},
        "sort": [{"_score": "desc"} if ranked else {"uploaded_at": "desc"}, {"search.row": "desc"}],
        "size": query.limit + 1,
        "_source": {"excludes": ["search"]},
        "track_total_hits": False,
    }
    after = query.position()
    if after is not None:
        value, row = after
        body["search_after"] = [value if ranked else int(value), row]
    return body


def statistics_body(query: StatisticsQuery, within: Within) -> Json:
    """Return the body of a search that counts."""
    return {
        "query": {"bool": {"filter": [*filters(query, within), *_text(query.q)]}},
        "size": 0,
        "track_total_hits": True,
        "aggs": {
            "failed": {"filter": {"term": {"state": "failed"}}},
            "faces": {"sum": {"field": "face_count"}},
            "labels": {"terms": {"field": "tags", "size": TOP_LABELS, "shard_size": SHARD_TERMS}},
            "emotions": {
                "nested": {"path": "faces"},
                "aggs": {"shown": {"terms": {"field": "faces.emotion", "size": EMOTIONS}}},
            },
            "timeline": {  # a composite, since a plain histogram fails where there are very many periods
                "composite": {
                    "size": TIMELINE_LIMIT,
                    "sources": [{"start": _histogram(query.interval)}],
                }
            },
        },
    }


def statistics(answer: Json, query: StatisticsQuery) -> Statistics:
    """Return the counts in an answer."""
    total, counted = answer["hits"]["total"]["value"], answer["aggregations"]
    failed = counted["failed"]["doc_count"]
    emotions = counted["emotions"]["shown"]["buckets"]
    shown = sum(each["doc_count"] for each in emotions)
    return Statistics(
        total=total,
        recognized=total - failed,
        failed=failed,
        faces=int(counted["faces"]["value"]),
        labels=tuple(Count(name=each["key"], count=each["doc_count"]) for each in counted["labels"]["buckets"]),
        emotions=tuple(
            Share(name=each["key"], count=each["doc_count"], share=round(each["doc_count"] / shown, 4))
            for each in emotions
        ),
        timeline=tuple(
            Period(start=_start(each["key"]["start"], query), count=each["doc_count"])
            for each in reversed(counted["timeline"]["buckets"])
        ),
    )


def filters(asked: Filters, within: Within) -> list[Json]:
    """Return what must hold of a document that the filters mean and the caller may know of, but for the free text."""
    return [
        *_place(within.bucket, within.prefix),
        *_place(asked.bucket, asked.prefix),
        *({"term": {"search.label": folded(label)}} for label in asked.label),
        *([{"term": {"search.person": folded(asked.person)}}] if asked.person is not None else ()),
        *([{"term": {"state": asked.state}}] if asked.state is not None else ()),
        *_face(asked),
        *_range("face_count", gte=asked.min_faces, lte=asked.max_faces),
        *_range("uploaded_at", {"format": "epoch_millis"}, gte=_moment(asked.since), lt=_moment(asked.until)),
    ]


def _place(bucket: str | None, prefix: str) -> list[Json]:
    return [
        *([{"term": {"bucket": bucket}}] if bucket is not None else ()),
        *([{"prefix": {"key": prefix}}] if prefix else ()),
    ]


def _face(asked: Filters) -> list[Json]:
    """Demand one face that has all that is asked of a face."""
    wanted: list[Json] = [
        *([{"term": {"faces.emotion": asked.emotion}}] if asked.emotion is not None else ()),
        *_range("faces.age_high", gte=asked.min_age),
        *_range("faces.age_low", lte=asked.max_age),
    ]
    return [{"nested": {"path": "faces", "query": {"bool": {"filter": wanted}}}}] if wanted else []


def _range(field: str, said: Json | None = None, **bounds: int | None) -> list[Json]:
    given = {bound: value for bound, value in bounds.items() if value is not None}
    return [{"range": {field: given | (said or {})}}] if given else []


def _moment(moment: datetime | None) -> int | None:
    """Return a moment in milliseconds since 1970."""
    return None if moment is None else int(moment.timestamp() * 1000)


def _text(text: str | None) -> list[Json]:
    """Demand every word of a free text somewhere, the last one perhaps as a beginning."""
    found = [terms(word) for word in words(text or "")]
    return [_word(word, last=n == len(found) - 1) for n, word in enumerate(found) if word]


def _word(word: Sequence[str], *, last: bool) -> Json:
    either = [match for field, weight in WEIGHTS.items() for match in _matches(field, weight, word, last=last)]
    return {"bool": {"should": either, "minimum_should_match": 1}}


def _matches(field: str, weight: float, word: Sequence[str], *, last: bool) -> list[Json]:
    phrase = {"match_phrase": {field: {"query": " ".join(word)}}}
    whole: list[Json] = [
        {"constant_score": {"filter": phrase, "boost": weight}},
        {"match_phrase": {field: {"query": " ".join(word), "boost": SHORTNESS}}},
    ]
    if not last:
        return whole
    begun: Json = (
        {"prefix": {field: word[0]}}
        if len(word) == 1
        else {"match_phrase_prefix": {field: {"query": " ".join(word), "max_expansions": EXPANSIONS}}}
    )
    return [*whole, {"constant_score": {"filter": begun, "boost": weight * BEGINNING}}]


def _histogram(interval: str) -> Json:
    return {"date_histogram": {"field": "uploaded_at", "calendar_interval": interval, "order": "desc"}}


def _start(milliseconds: int, query: StatisticsQuery) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime(PERIODS[query.interval])
