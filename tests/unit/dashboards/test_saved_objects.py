"""The saved objects, by the rules of OpenSearch Dashboards' own importer, editors and page."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from board import board
from saved_objects import ndjson, saved_objects

FILE = Path(__file__).parents[3] / "infra/dashboards/onlooker.ndjson"
OBJECTS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text().splitlines()]
VISUALIZATIONS = {each["id"]: each for each in OBJECTS if each["type"] == "visualization"}

ROLES = {  # what each editor takes at most of each role, from src/plugins/vis_type_*/public of Dashboards
    "metric": {"metric": 100, "group": 1},
    "tagcloud": {"metric": 1, "segment": 1},
    "pie": {"metric": 1, "segment": 100, "split": 1},
    "histogram": {"metric": 100, "radius": 1, "segment": 1, "group": 3, "split": 1},
    "horizontal_bar": {"metric": 100, "radius": 1, "segment": 1, "group": 3, "split": 1},
}


def of_type(kind: str) -> dict[str, Any]:
    [found] = [each for each in OBJECTS if each["type"] == kind]
    return found


def state(visualization: dict[str, Any]) -> dict[str, Any]:
    packed: dict[str, Any] = json.loads(visualization["attributes"]["visState"])
    return packed


def test_the_file_is_what_the_description_makes() -> None:
    assert FILE.read_text() == ndjson(saved_objects(board())), "run `make dashboards`"


def test_ids_never_change() -> None:
    """By them an import replaces what an earlier one made, and people have bookmarks to the dashboard."""
    assert [(each["type"], each["id"]) for each in OBJECTS] == [
        ("index-pattern", "onlooker-image-insights"),
        ("visualization", "onlooker-count"),
        ("visualization", "onlooker-label-cloud"),
        ("visualization", "onlooker-top-labels"),
        ("visualization", "onlooker-emotions"),
        ("visualization", "onlooker-people-over-time"),
        ("visualization", "onlooker-emotions-over-time"),
        ("dashboard", "onlooker-pictures"),
    ]


def test_no_id_looks_as_if_it_began_with_a_data_source() -> None:
    """Dashboards takes what stands before an underscore for the id of another cluster."""
    assert not [each["id"] for each in OBJECTS if "_" in each["id"]]


@pytest.mark.parametrize("stored", OBJECTS, ids=lambda each: each["id"])
def test_an_object_has_what_an_export_has(stored: dict[str, Any]) -> None:
    assert stored.keys() == {"attributes", "id", "migrationVersion", "references", "type"}
    # The last migrations of these types in 2.19 and 3.x: an older version would be migrated, a newer one refused.
    latest = {"index-pattern": "7.6.0", "visualization": "7.10.0", "dashboard": "7.9.3"}
    assert stored["migrationVersion"] == {stored["type"]: latest[stored["type"]]}
    assert stored["attributes"]["title"]


@pytest.mark.parametrize("stored", OBJECTS, ids=lambda each: each["id"])
def test_every_reference_leads_to_an_object_before(stored: dict[str, Any]) -> None:
    before = [(each["type"], each["id"]) for each in OBJECTS[: OBJECTS.index(stored)]]
    assert all((each["type"], each["id"]) in before for each in stored["references"])


def test_the_index_pattern_is_of_the_alias_and_its_time() -> None:
    attributes = of_type("index-pattern")["attributes"]

    assert (attributes["title"], attributes["timeFieldName"]) == ("image_insights", "created_at")
    assert json.loads(attributes["fieldFormatMap"]) == {"emotions": {"id": "string", "params": {"transform": "title"}}}
    assert "fields" not in attributes  # else Dashboards would not ask the index for its own


def test_another_alias_may_be_read() -> None:
    [pattern, *_] = saved_objects(board("pictures_of_mine"))
    assert (pattern["id"], pattern["attributes"]["title"]) == ("onlooker-image-insights", "pictures_of_mine")


@pytest.mark.parametrize("stored", VISUALIZATIONS.values(), ids=lambda each: each["id"])
def test_a_visualization_reads_the_index_pattern_by_reference(stored: dict[str, Any]) -> None:
    source = json.loads(stored["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])

    assert source["query"] == {"query": "", "language": "kuery"}
    assert source["filter"] == []
    assert stored["references"] == [
        {"name": source["indexRefName"], "type": "index-pattern", "id": of_type("index-pattern")["id"]}
    ]


@pytest.mark.parametrize("stored", VISUALIZATIONS.values(), ids=lambda each: each["id"])
def test_a_visualization_is_one_that_its_editor_could_have_made(stored: dict[str, Any]) -> None:
    made = state(stored)
    aggregations = made["aggs"]
    roles = [each["schema"] for each in aggregations]

    assert made["title"] == stored["attributes"]["title"]
    assert made["params"].get("type", "tagcloud") in {made["type"], "histogram"}
    assert [each["id"] for each in aggregations] == [str(n + 1) for n in range(len(aggregations))]
    assert roles[0] == "metric"
    assert all(roles.count(role) <= ROLES[made["type"]][role] for role in roles)
    assert json.loads(stored["attributes"]["uiStateJSON"]) == {}


@pytest.mark.parametrize("stored", VISUALIZATIONS.values(), ids=lambda each: each["id"])
def test_what_is_most_frequent_is_ordered_by_the_count(stored: dict[str, Any]) -> None:
    aggregations = state(stored)["aggs"]
    types = {each["id"]: each["type"] for each in aggregations}
    ordered_by = {types[each["params"]["orderBy"]] for each in aggregations if each["type"] == "terms"}
    assert ordered_by <= {"count"}


def test_the_dashboard_holds_every_visualization_once() -> None:
    dashboard = of_type("dashboard")
    panels = json.loads(dashboard["attributes"]["panelsJSON"])

    assert {each["name"]: each["id"] for each in dashboard["references"]} == {
        panel["panelRefName"]: panel["panelIndex"] for panel in panels
    }
    assert [panel["panelIndex"] for panel in panels] == list(VISUALIZATIONS)
    assert all(panel["gridData"]["i"] == panel["panelIndex"] for panel in panels)


def test_panels_fill_the_page_and_do_not_overlap() -> None:
    places = [panel["gridData"] for panel in json.loads(of_type("dashboard")["attributes"]["panelsJSON"])]
    covered = [
        {(x, y) for x in range(each["x"], each["x"] + each["w"]) for y in range(each["y"], each["y"] + each["h"])}
        for each in places
    ]
    rows = max(each["y"] + each["h"] for each in places)

    assert not any(one & other for one, other in combinations(covered, 2))
    assert set().union(*covered) == {(x, y) for x in range(48) for y in range(rows)}


def test_the_dashboard_opens_with_the_last_month_and_stays_up_to_date() -> None:
    attributes = of_type("dashboard")["attributes"]
    assert (attributes["timeRestore"], attributes["timeFrom"], attributes["timeTo"]) == (True, "now-30d", "now")
    assert attributes["refreshInterval"] == {"pause": False, "value": 60_000}
