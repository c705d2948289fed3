"""The panels of OpenSearch Dashboards, query by query, over what the tagger stores in a real cluster."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from opensearchpy import AsyncOpenSearch

from board import board
from dashboards_requests import request_of
from dashboards_server import DashboardsServer, ImportFailedError
from onlooker_shared.recognition import Face, Label
from onlooker_tagger import documents
from onlooker_tagger.opensearch.index import OpenSearchIndex
from recognitions import NOON, a_face, a_label, a_recognition, an_image
from saved_objects import ndjson, saved_objects

DAY = timedelta(days=1)
MONTH = (NOON - 29 * DAY, NOON + DAY)
HALF_DAYS = {"fixed_interval": "12h"}
"""What `auto` is for 30 days: fifty bars are aimed at."""
DAYS = {"calendar_interval": "1d"}

OBJECTS = saved_objects(board())
VISUALIZATIONS = {each["id"]: each for each in OBJECTS if each["type"] == "visualization"}


class Panels:
    """What a browser would be shown."""

    def __init__(self, client: AsyncOpenSearch, alias: str) -> None:
        self.client = client
        self.alias = alias

    async def show(self, panel: str, *, interval: dict[str, Any] = HALF_DAYS, **asked: Any) -> dict[str, Any]:
        body = request_of(VISUALIZATIONS[panel], "created_at", MONTH, interval=interval, **asked)
        answer = await self.client.search(
            index=self.alias, body=body, params={"ignore_unavailable": "true", "track_total_hits": "true"}
        )
        assert answer["_shards"]["failed"] == 0
        return answer

    async def counts(self, panel: str, **asked: Any) -> list[tuple[str, int]]:
        """The bars, slices or words of a panel, in their order."""
        answer = await self.show(panel, **asked)
        return [(each["key"], each["doc_count"]) for each in answer["aggregations"]["2"]["buckets"]]

    async def series(self, panel: str, **asked: Any) -> dict[str, list[tuple[datetime, int]]]:
        answer = await self.show(panel, **asked)
        return {
            each["key"]: [
                (datetime.fromtimestamp(bar["key"] / 1000, UTC), bar["doc_count"]) for bar in each["3"]["buckets"]
            ]
            for each in answer["aggregations"]["2"]["buckets"]
        }


async def put(index: OpenSearchIndex, key: str, at: datetime, *found: Face | Label) -> None:
    await index.put(documents.recognized(an_image(key, uploaded_at=at), a_recognition(*found, recognized_at=at)))


@pytest.fixture
async def panels(opensearch_index: OpenSearchIndex) -> Panels:
    """Over two days: Ann happy twice, Ben sad and then calm, a happy stranger, a failure; and a year ago Cy."""
    index = opensearch_index
    ann, ben, stranger = a_face("HAPPY", name="Ann"), a_face("SAD", name="Ben"), a_face("HAPPY")
    await put(index, "1.jpg", NOON - DAY, ann, ben, a_label("Cat", "Pet"), a_label("Pet"))
    await put(index, "2.jpg", NOON - DAY, ann, stranger, a_label("Cat"))
    await put(index, "3.jpg", NOON, a_face("CALM", name="Ben"), a_label("Dog"))
    await put(index, "old.jpg", NOON - 365 * DAY, a_face("FEAR", name="Cy"), a_label("Whale"))
    await index.put(documents.failed(an_image("broken.jpg", uploaded_at=NOON), "It is empty."))
    return Panels(index._cluster.client, index._names.alias)


async def test_the_count_has_the_pictures_faces_and_people_of_the_period(panels: Panels) -> None:
    answer = await panels.show("onlooker-count")

    assert answer["hits"]["total"] == {"value": 4, "relation": "eq"}
    assert {key: each["value"] for key, each in answer["aggregations"].items()} == {"2": 5.0, "3": 2}


@pytest.mark.parametrize("panel", ["onlooker-label-cloud", "onlooker-top-labels"])
async def test_labels_come_most_frequent_first(panels: Panels, panel: str) -> None:
    assert await panels.counts(panel) == [("Cat", 2), ("Dog", 1), ("Pet", 1)]


async def test_emotions_are_counted_by_pictures(panels: Panels) -> None:
    """Two happy faces in one picture count once."""
    assert await panels.counts("onlooker-emotions") == [("HAPPY", 2), ("CALM", 1), ("SAD", 1)]


async def test_people_over_time(panels: Panels) -> None:
    yesterday, today = NOON - DAY, NOON
    assert await panels.series("onlooker-people-over-time") == {
        "Ann": [(yesterday, 2)],
        "Ben": [(yesterday, 1), (today, 1)],
    }


async def test_emotions_over_time(panels: Panels) -> None:
    assert await panels.series("onlooker-emotions-over-time") == {
        "HAPPY": [(NOON - DAY, 2)],
        "CALM": [(NOON, 1)],
        "SAD": [(NOON - DAY, 1)],
    }


async def test_days_are_those_of_the_browser(panels: Panels) -> None:
    series = await panels.series("onlooker-people-over-time", interval=DAYS, zone="Asia/Tokyo")
    midnight = datetime(2026, 11, 19, 15, tzinfo=UTC)  # in Tokyo that of the 20th
    assert series == {"Ann": [(midnight - DAY, 2)], "Ben": [(midnight - DAY, 1), (midnight, 1)]}


@pytest.mark.parametrize(
    ("field", "value", "pictures"), [("tags", "Cat", 2), ("persons", "Ben", 2), ("emotions", "HAPPY", 2)]
)
async def test_a_click_on_a_part_narrows_the_others(panels: Panels, field: str, value: str, pictures: int) -> None:
    answer = await panels.show("onlooker-count", filters=({"match_phrase": {field: {"query": value}}},))
    assert answer["hits"]["total"]["value"] == pictures


def test_whoever_mistakes_opensearch_for_its_dashboards_is_told(opensearch_url: str) -> None:
    with httpx.Client() as client, pytest.raises(ImportFailedError, match="is OpenSearch itself"):
        DashboardsServer(client, opensearch_url, tenant="global").load(ndjson(OBJECTS))


async def test_dashboards_may_aggregate_every_field_of_a_panel(panels: Panels) -> None:
    """Its editors offer no field that is nested or has no values by column, and panels over such a one stay empty."""
    caps = (await panels.client.field_caps(index=panels.alias, params={"fields": "*"}))["fields"]
    used = {
        each.params["field"] for made in board().visualizations for each in made.aggregations if "field" in each.params
    }

    assert used == {"created_at", "emotions", "face_count", "persons", "tags"}
    for name in used:
        [found] = caps[name].values()
        assert found["aggregatable"]
        assert "nested" not in caps.get(name.partition(".")[0], {})
