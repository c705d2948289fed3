"""The statistics of the OpenSearch index: what is to be counted, as aggregations, and their answers read. Pure.

Faces are counted by what documents say of all of theirs (`stored._tallies`).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from onlooker_tagger.opensearch.searches import filters, text
from onlooker_tagger.opensearch.stored import FACES, FAILED, Json, tally
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
    "person_ids": "person_ids",
    "moderation": "moderation.name",
    "colors": "colors.name",
    "folders": "search.folder",
    "failures": "search.reason",
}
"""What pictures are counted by."""
TALLIES = "search.tallies"
AGES = "search.ages"
SHARD_TERMS = 1000
"""Values that each shard names, so that the sums are right where there are several."""
MOST_TALLIES = 2000
"""More than there are: kinds of faces, times numbers of them in one picture."""
PERIODS = {"month": "%Y-%m", "day": "%Y-%m-%d", "hour": "%Y-%m-%dT%H:00:00Z", "minute": "%Y-%m-%dT%H:%M:00Z"}


def bodies(query: StatisticsQuery, within: Within) -> list[Json]:
    """Return the bodies of the searches that count.

    The timeline, if it is wanted, is the second: it takes as long as all else together, and what a shard counts for one
    search it counts on one core. A picture that arrives between the two may be in one of them only.
    """
    aggregations: dict[str, Json] = {
        "tallies": _terms(TALLIES, MOST_TALLIES),
        **{aspect: _terms(field, TOP, SHARD_TERMS) for aspect, field in FIELDS.items() if query.wants(aspect)},
    }
    if query.wants("ages"):
        aggregations["ages"] = _terms(AGES, MOST_TALLIES)
    conditions = [*filters(query, within), *text(query.q, ranked=False)]
    # Where everything is meant, OpenSearch looks the counts up instead of counting.
    meant: Json = {"query": {"bool": {"filter": conditions}} if conditions else {"match_all": {}}, "size": 0}
    found = [{**meant, "track_total_hits": True, "aggs": aggregations}]
    if query.wants("timeline"):
        found.append({**meant, "track_total_hits": False, "aggs": {"timeline": _timeline(query.interval)}})
    return found


def read(answers: Sequence[Json], query: StatisticsQuery) -> Statistics:
    """Return the counts in the answers to `bodies`."""
    total = answers[0]["hits"]["total"]["value"]
    counted = {name: counts for answer in answers for name, counts in answer["aggregations"].items()}
    tallies = _tallied(counted["tallies"])
    failed, faces = tallies.pop(FAILED, 0), tallies.pop(FACES, 0)
    lists = {
        aspect: tuple(Count(name=name, count=count) for name, count in _pictures(counted[aspect]).items())
        for aspect in FIELDS
        if aspect in counted
    }
    return Statistics(
        total=total,
        recognized=total - failed,
        failed=failed,
        faces=faces,
        emotions=_shares(tallies) if query.wants("emotions") else (),
        ages=_by_age(_tallied(counted["ages"])) if "ages" in counted else (),
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
        "aggs": {"tallies": _terms(TALLIES, MOST_TALLIES)},
    }


def _pictures(counted: Json) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in counted["buckets"]}


def _tallied(counted: Json) -> Counter[str]:
    """Return how many there are of each kind of face, and of whatever else is tallied."""
    found: Counter[str] = Counter()
    for value, pictures in _pictures(counted).items():
        name, number = tally(value, pictures)
        found[name] += number
    return found


def _shares(faces: Counter[str]) -> tuple[Share, ...]:
    shown = faces.total()
    ordered = sorted(faces.items(), key=lambda each: (-each[1], each[0]))
    return tuple(Share(name=name, count=count, share=round(count / shown, 4)) for name, count in ordered)


def _by_age(faces: Counter[str]) -> tuple[Count, ...]:
    ordered = sorted(faces.items(), key=lambda each: int(each[0].partition("-")[0]))
    return tuple(Count(name=name, count=count) for name, count in ordered)


def _periods(counted: Json, query: StatisticsQuery) -> tuple[Period, ...]:
    return tuple(_period(bucket, query) for bucket in reversed(counted["buckets"]))


def _period(bucket: Json, query: StatisticsQuery) -> Period:
    tallies = _tallied(bucket["tallies"])
    told = {"failed": tallies.pop(FAILED, 0), "faces": tallies.pop(FACES, 0), "emotions": tallies}
    start = _start(bucket["key"]["start"], query)
    return Period.model_validate({"start": start, "count": bucket["doc_count"], **told})


def _start(milliseconds: int, query: StatisticsQuery) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime(PERIODS[query.interval])
