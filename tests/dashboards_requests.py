"""The searches that OpenSearch Dashboards sends for a saved visualization, as its sources tell.

The aggregations: src/plugins/data/common/search/aggs (agg_configs.ts, buckets/{terms,date_histogram}.ts); the rest of
the body: search_source.ts; the time range: query/timefilter/get_time.ts.
"""

import json
from datetime import datetime
from typing import Any

Json = dict[str, Any]

METRICS = {"count", "sum", "cardinality"}


def request_of(
    visualization: Json,
    time_field: str,
    period: tuple[datetime, datetime],
    *,
    interval: Json,
    zone: str = "UTC",
    filters: tuple[Json, ...] = (),
) -> Json:
    """Return the body of the search for a visualization on a dashboard.

    Args:
        visualization: the saved object.
        time_field: of its index pattern.
        period: that the page shows.
        interval: what Dashboards makes of `auto` for that period.
        zone: the browser's.
        filters: of the page, as a click on a part of a chart adds them.
    """
    start, end = (moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") for moment in period)
    time = {"range": {time_field: {"gte": start, "lte": end, "format": "strict_date_optional_time"}}}
    return {
        "aggs": _aggregations(json.loads(visualization["attributes"]["visState"])["aggs"], interval, zone),
        "size": 0,
        "stored_fields": ["*"],
        "script_fields": {},
        "docvalue_fields": [{"field": time_field, "format": "date_time"}],
        "_source": {"excludes": []},
        "query": {"bool": {"must": [], "filter": [{"match_all": {}}, *filters, time], "should": [], "must_not": []}},
    }


def _aggregations(rows: list[Json], interval: Json, zone: str) -> Json:
    """Return the aggregations: what is counted by, each inside the one before, and in the innermost what is counted."""
    counted = {row["id"]: _metric(row) for row in rows if row["type"] in METRICS and row["type"] != "count"}
    nested: Json = counted
    for row in reversed([row for row in rows if row["type"] not in METRICS]):
        inner = {"aggs": nested} if nested else {}
        nested = {row["id"]: _bucket(row, rows, interval, zone) | inner}
    return nested


def _metric(row: Json) -> Json:
    return {row["type"]: {"field": row["params"]["field"]}}


def _bucket(row: Json, rows: list[Json], interval: Json, zone: str) -> Json:
    params = row["params"]
    match row["type"]:
        case "terms":
            [by] = [each["type"] for each in rows if each["id"] == params["orderBy"]]
            assert by == "count", "other orders need a sub-aggregation"
            return {"terms": {"field": params["field"], "order": {"_count": params["order"]}, "size": params["size"]}}
        case "date_histogram":
            assert params["interval"] == "auto"
            least = params["min_doc_count"]
            return {"date_histogram": {"field": params["field"], **interval, "time_zone": zone, "min_doc_count": least}}
        case other:
            raise AssertionError(f"Dashboards' request for {other} is not known here")
