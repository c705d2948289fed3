"""The statistics of the OpenSearch index: what is to be counted, as aggregations, and their answers read. Pure.

Faces are counted by what documents say of all of theirs (`stored._tallies`): aggregations of nested documents take
several times as long.
"""

from collections import Counter
from datetime import UTC, datetime

from onlooker_tagger.opensearch.searches import filters, text
from onlooker_tagger.opensearch.stored import Json, tally
from onlooker_tagger.queries import (
    TIMELINE_LIMIT,
    TOP,
    Aspect,
    Count,
    Period,
    Share,
    Statistics,
    StatisticsQuery,
    Within,
)

FIELDS: dict[Aspect, str] = {
    "labels": "tags",
    "persons": "persons",
    "moderation": "search.moderated",
    "colors": "colors.name",
    "folders": "search.folder",
    "failures": "search.reason",
}
"""What pictures are counted by."""
TALLIES: dict[Aspect, str] = {"emotions": "search.emotions", "ages": "search.ages"}
"""What faces are counted by."""
SHARD_TERMS = 1000
"""Values that each shard names, so that the sums are right where there are several."""
MOST_TALLIES = 2000
"""More than there are: kinds of faces, times numbers of them in one picture."""
PERIODS = {"month": "%Y-%m", "day": "%Y-%m-%d", "hour": "%Y-%m-%dT%H:00:00Z", "minute": "%Y-%m-%dT%H:%M:00Z"}


def body(query: StatisticsQuery, within: Within) -> Json:
    """Return the body of a search that counts."""
    aggregations: dict[str, Json] = {
        "failed": {"filter": {"term": {"state": "failed"}}},
        "faces": {"sum": {"field": "face_count"}},
        **{aspect: _terms(field, TOP, SHARD_TERMS) for aspect, field in FIELDS.items() if query.wants(aspect)},
        **{aspect: _terms(field, MOST_TALLIES) for aspect, field in TALLIES.items() if query.wants(aspect)},
    }
    if query.wants("timeline"):
        aggregations["timeline"] = _timeline(query.interval)
    return {
        "query": {"bool": {"filter": [*filters(query, within), *text(query.q)]}},
        "size": 0,
        "track_total_hits": True,
        "aggs": aggregations,
    }


def read(answer: Json, query: StatisticsQuery) -> Statistics:
    """Return the counts in an answer."""
    total, counted = answer["hits"]["total"]["value"], answer["aggregations"]
    failed = counted["failed"]["doc_count"]
    lists = {
        aspect: tuple(Count(name=name, count=count) for name, count in _pictures(counted[aspect]).items())
        for aspect in FIELDS
        if aspect in counted
    }
    return Statistics(
        total=total,
        recognized=total - failed,
        failed=failed,
        faces=int(counted["faces"]["value"]),
        emotions=_shares(_faces(counted["emotions"])) if "emotions" in counted else (),
        ages=_by_age(_faces(counted["ages"])) if "ages" in counted else (),
        timeline=_periods(counted["timeline"], query) if "timeline" in counted else (),
        **lists,
    )


def _terms(field: str, size: int, shard_size: int | None = None) -> Json:
    return {"terms": {"field": field, "size": size, **({"shard_size": shard_size} if shard_size else {})}}


def _timeline(interval: str) -> Json:
    """Count periods, the last first: a composite, since a plain histogram fails where there are very many."""
    periods = {"date_histogram": {"field": "uploaded_at", "calendar_interval": interval, "order": "desc"}}
    return {
        "composite": {"size": TIMELINE_LIMIT, "sources": [{"start": periods}]},
        "aggs": {
            "failed": {"filter": {"term": {"state": "failed"}}},
            "faces": {"sum": {"field": "face_count"}},
            "emotions": _terms("search.emotions", MOST_TALLIES),
        },
    }


def _pictures(counted: Json) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in counted["buckets"]}


def _faces(counted: Json) -> Counter[str]:
    """Return how many faces there are of each kind."""
    faces: Counter[str] = Counter()
    for value, pictures in _pictures(counted).items():
        name, number = tally(value, pictures)
        faces[name] += number
    return faces


def _shares(faces: Counter[str]) -> tuple[Share, ...]:
    shown = faces.total()
    ordered = sorted(faces.items(), key=lambda each: (-each[1], each[0]))
    return tuple(Share(name=name, count=count, share=round(count / shown, 4)) for name, count in ordered)


def _by_age(faces: Counter[str]) -> tuple[Count, ...]:
    ordered = sorted(faces.items(), key=lambda each: int(each[0].partition("-")[0]))
    return tuple(Count(name=name, count=count) for name, count in ordered)


def _periods(counted: Json, query: StatisticsQuery) -> tuple[Period, ...]:
    return tuple(
        Period.model_validate(
            {
                "start": _start(bucket["key"]["start"], query),
                "count": bucket["doc_count"],
                "failed": bucket["failed"]["doc_count"],
                "faces": int(bucket["faces"]["value"]),
                "emotions": dict(_faces(bucket["emotions"])),
            }
        )
        for bucket in reversed(counted["buckets"])
    )


def _start(milliseconds: int, query: StatisticsQuery) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime(PERIODS[query.interval])
