"""How OpenSearch Dashboards stores what it shows: index pattern, visualizations, dashboard.

Everything here is a format of Dashboards, as its versions 2.19 and 3.x export and import it: an object a line, its
settings as JSON in strings, what it refers to listed beside it. `MIGRATIONS` says in which version of the format each
type is written; Dashboards brings older objects up to date as it imports them and refuses newer ones.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

MIGRATIONS = {"index-pattern": "7.6.0", "visualization": "7.10.0", "dashboard": "7.9.3"}
"""The last change of each type's format: older than Dashboards' own numbering, and valid to this day."""
WRITTEN_BY = "2.19.0"
"""The version of Dashboards that panels say they were placed with: the oldest that is supported."""
INDEX_REFERENCE = "kibanaSavedObjectMeta.searchSourceJSON.index"
THRESHOLD_COLOR = "#E7664C"
"""Of a line that is not shown; the editor writes it all the same."""

Kind = Literal["metric", "tagcloud", "horizontal_bar", "histogram", "pie"]


@dataclass(frozen=True, slots=True)
class Aggregation:
    """One row of a visualization's editor: something counted, or something it is counted by.

    Args:
        type: of OpenSearch's aggregation.
        schema: its part: `metric`, `segment` (the axis, the slices, the words) or `group` (the series).
        params: its settings.
    """

    type: str
    schema: str
    params: Json = field(default_factory=dict)


def count(label: str) -> Aggregation:
    """Return the number of documents."""
    return Aggregation("count", "metric", {"customLabel": label})


def total(of: str, label: str) -> Aggregation:
    """Return the sum of a field of numbers."""
    return Aggregation("sum", "metric", {"field": of, "customLabel": label})


def different(of: str, label: str) -> Aggregation:
    """Return the number of different values of a field, from a few thousand on roughly."""
    return Aggregation("cardinality", "metric", {"field": of, "customLabel": label})


def most_frequent(of: str, label: str, *, size: int, schema: str = "segment") -> Aggregation:
    """Return the most frequent values of a field, by the first metric."""
    return Aggregation(
        "terms",
        schema,
        {
            "field": of,
            "orderBy": "1",
            "order": "desc",
            "size": size,
            "otherBucket": False,
            "otherBucketLabel": "Other",
            "missingBucket": False,
            "missingBucketLabel": "Missing",
            "customLabel": label,
        },
    )


def over_time(of: str, label: str) -> Aggregation:
    """Return the time axis; Dashboards chooses the width of its steps by the time that is shown."""
    return Aggregation(
        "date_histogram",
        "segment",
        {
            "field": of,
            "useNormalizedOpenSearchInterval": True,
            "scaleMetricValues": False,
            "interval": "auto",
            "drop_partials": False,
            "min_doc_count": 1,
            "extended_bounds": {},
            "customLabel": label,
        },
    )


@dataclass(frozen=True, slots=True)
class Visualization:
    """A visualization, and its place on the dashboard.

    Args:
        id: kept for ever: by it an import replaces what an earlier one made.
        kind: what it looks like.
        place: column, row, width and height on the dashboard; it is 48 columns wide.
        aggregations: the first is a metric; of several series, what stands first is chosen first.
    """

    id: str
    title: str
    description: str
    kind: Kind
    place: tuple[int, int, int, int]
    aggregations: tuple[Aggregation, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard and the index that it reads.

    Args:
        period: how far back it looks when it is opened, as `now-30d`.
        refresh: seconds after which it reads again by itself.
        formats: of fields, by their names: one of Dashboards' formats of strings.
    """

    id: str
    title: str
    description: str
    index_id: str
    index: str
    time_field: str
    period: str
    refresh: int
    formats: dict[str, str]
    visualizations: tuple[Visualization, ...]


def saved_objects(board: Board) -> list[Json]:
    """Return the objects of a dashboard, each after those that it refers to."""
    return [
        _index_pattern(board),
        *(_visualization(each, board.index_id) for each in board.visualizations),
        _dashboard(board),
    ]


def ndjson(objects: Sequence[Json]) -> str:
    """Return objects as the file that Dashboards imports: one a line, keys sorted as in its own exports."""
    return "".join(
        json.dumps(each, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n" for each in objects
    )


def _index_pattern(board: Board) -> Json:
    """Return the index pattern. It names no fields, so Dashboards reads them from the index when it is first used."""
    formats = {name: {"id": "string", "params": {"transform": each}} for name, each in board.formats.items()}
    attributes = {"title": board.index, "timeFieldName": board.time_field, "fieldFormatMap": _packed(formats)}
    return _object("index-pattern", board.index_id, attributes)


def _visualization(made: Visualization, index_id: str) -> Json:
    state = {
        "title": made.title,
        "type": made.kind,
        "aggs": [
            {"id": str(n), "enabled": True, "type": each.type, "params": each.params, "schema": each.schema}
            for n, each in enumerate(made.aggregations, start=1)
        ],
        "params": _look(made),
    }
    attributes = {
        "title": made.title,
        "visState": _packed(state),
        "uiStateJSON": "{}",
        "description": made.description,
        "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": _packed({**_everything(), "indexRefName": INDEX_REFERENCE})},
    }
    return _object("visualization", made.id, attributes, (INDEX_REFERENCE, "index-pattern", index_id))


def _dashboard(board: Board) -> Json:
    panels = [
        {
            "version": WRITTEN_BY,
            "gridData": {**dict(zip("xywh", each.place, strict=True)), "i": each.id},
            "panelIndex": each.id,
            "embeddableConfig": {},
            "panelRefName": f"panel_{n}",
        }
        for n, each in enumerate(board.visualizations)
    ]
    attributes = {
        "title": board.title,
        "hits": 0,
        "description": board.description,
        "panelsJSON": _packed(panels),
        "optionsJSON": _packed({"useMargins": True, "hidePanelTitles": False}),
        "version": 1,
        "timeRestore": True,
        "timeTo": "now",
        "timeFrom": board.period,
        "refreshInterval": {"pause": False, "value": board.refresh * 1000},
        "kibanaSavedObjectMeta": {"searchSourceJSON": _packed(_everything())},
    }
    references = ((f"panel_{n}", "visualization", each.id) for n, each in enumerate(board.visualizations))
    return _object("dashboard", board.id, attributes, *references)


def _object(kind: str, object_id: str, attributes: Json, *references: tuple[str, str, str]) -> Json:
    return {
        "attributes": attributes,
        "id": object_id,
        "migrationVersion": {kind: MIGRATIONS[kind]},
        "references": [{"name": name, "type": of, "id": to} for name, of, to in references],
        "type": kind,
    }


def _everything() -> Json:
    """Return the query that leaves nothing out."""
    return {"query": {"query": "", "language": "kuery"}, "filter": []}


def _packed(settings: Any) -> str:
    return json.dumps(settings, separators=(",", ":"), ensure_ascii=False)


# -- what the editors write for each kind of visualization -------------------------------------------------------------


def _look(made: Visualization) -> Json:
    match made.kind:
        case "metric":
            return _metric()
        case "tagcloud":
            return {"scale": "log", "orientation": "single", "minFontSize": 14, "maxFontSize": 60, "showLabel": False}
        case "pie":
            return _pie()
        case "horizontal_bar":
            return _bars(made, across=True)
        case "histogram":
            return _bars(made, across=False)


def _metric() -> Json:
    return {
        "addTooltip": True,
        "addLegend": False,
        "type": "metric",
        "metric": {
            "percentageMode": False,
            "useRanges": False,
            "colorSchema": "Green to Red",
            "metricColorMode": "None",
            "colorsRange": [{"from": 0, "to": 10000}],
            "labels": {"show": True},
            "invertColors": False,
            "style": {"bgFill": "#000", "bgColor": False, "labelColor": False, "subText": "", "fontSize": 48},
        },
    }


def _pie() -> Json:
    return {
        "type": "pie",
        "addTooltip": True,
        "addLegend": True,
        "legendPosition": "right",
        "isDonut": True,
        "labels": {"show": True, "values": True, "last_level": True, "truncate": 100},
    }


def _bars(made: Visualization, *, across: bool) -> Json:
    """Return bars: across, each with its name before it, or upright on a time axis with the series stacked."""
    counted = made.aggregations[0].params["customLabel"]
    names = {"show": True, "rotate": 0, "filter": False, "truncate": 200} if across else _labels(rotate=None)
    return {
        "type": "histogram",
        "grid": {"categoryLines": False},
        "categoryAxes": [
            {
                "id": "CategoryAxis-1",
                "type": "category",
                "position": "left" if across else "bottom",
                "show": True,
                "style": {},
                "scale": {"type": "linear"},
                "labels": names,
                "title": {},
            }
        ],
        "valueAxes": [
            {
                "id": "ValueAxis-1",
                "name": "LeftAxis-1",
                "type": "value",
                "position": "bottom" if across else "left",
                "show": True,
                "style": {},
                "scale": {"type": "linear", "mode": "normal"},
                "labels": _labels(rotate=75) if across else {**_labels(rotate=0), "filter": False},
                "title": {"text": counted},
            }
        ],
        "seriesParams": [
            {
                "show": True,
                "type": "histogram",
                "mode": "normal" if across else "stacked",
                "data": {"label": counted, "id": "1"},
                "valueAxis": "ValueAxis-1",
                "drawLinesBetweenPoints": True,
                "lineWidth": 2,
                "showCircles": True,
            }
        ],
        "addTooltip": True,
        "addLegend": not across,
        "legendPosition": "right",
        "times": [],
        "addTimeMarker": False,
        "labels": {} if across else {"show": False},
        "thresholdLine": {"show": False, "value": 10, "width": 1, "style": "full", "color": THRESHOLD_COLOR},
    }


def _labels(*, rotate: int | None) -> Json:
    return {"show": True, **({} if rotate is None else {"rotate": rotate}), "filter": True, "truncate": 100}
