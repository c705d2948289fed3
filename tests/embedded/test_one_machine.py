"""What only holds where all runs on one machine, and what shows only in its emulator and its data folder."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from collector import Collector, Span
from installed import BUCKET, eventually, known_at, send
from listening import listening_addresses
from onlooker.client import OnlookerClient, connect
from onlooker.pictures import pictures as find_pictures
from onlooker.uploading import Uploaded
from stack import Stack, clients, onlooker, sent_mails

WRITERS = ("ingest", "recognizer", "rekognition", "annotator", "tagger", "notifier")
"""Who writes lines about each picture."""


@pytest.fixture(scope="module")
async def client(stack: Stack) -> AsyncIterator[OnlookerClient]:
    """A client of it, with the admin key."""
    async with connect(stack.running.url, stack.key) as connected:
        yield connected


@pytest.fixture(scope="module")
async def done(client: OnlookerClient, pictures: Path) -> dict[str, Uploaded]:
    """Four pictures, all the way through, by the names of their files."""
    scenes = [pictures / "scenes" / f"{name}.png" for name in ("astronaut", "cat", "coffee")]
    results = await send(client, find_pictures([pictures / "portraits" / "biden.jpg", *scenes]))
    assert [(result.stage, result.reason) for result in results] == [("done", None)] * 4
    return {result.picture.path.name: result for result in results}


@pytest.fixture
async def s3(stack: Stack) -> AsyncIterator[Any]:
    """S3 itself, as somebody uses it who does not know Onlooker."""
    async with clients(stack) as (aws, _):
        yield await aws.client("s3")


async def left_of(s3: Any, image_id: str) -> list[str]:
    """Return what the buckets hold of a picture."""
    pages = [await s3.list_objects_v2(Bucket=f"onlooker-{bucket}") for bucket in ("results", "annotated")]
    return [entry["Key"] for page in pages for entry in page.get("Contents", []) if image_id in entry["Key"]]


async def gone(client: OnlookerClient, s3: Any, image_id: str) -> None:
    """Return once nobody knows a picture any more, and nothing is stored of it."""

    async def traces() -> tuple[set[str], list[str]]:
        return await known_at(client, image_id), await left_of(s3, image_id)

    await eventually(traces, lambda found: found == (set(), []))


def test_the_doctor_finds_nothing_wrong(stack: Stack, done: dict[str, Uploaded]) -> None:
    examined = onlooker(stack, "doctor")
    assert examined.returncode == 0, examined.stdout
    for check in ("models", "data folder", "services", "access key", "dead letters"):
        assert check in examined.stdout


async def test_what_costs_nothing_here_is_looked_for_unasked(client: OnlookerClient, done: dict[str, Uploaded]) -> None:
    image_id = done["coffee.png"].image_id
    assert image_id is not None
    found = (await client.recognition(image_id))["recognition"]
    assert set(found["features"]) == {"faces", "people", "labels", "moderation", "properties"}
    assert found["missing"] == []
    assert found["properties"]["dominant_colors"][0]["pixel_percent"] > 5


async def test_a_picture_is_followed_through_all_services(
    stack: Stack, client: OnlookerClient, done: dict[str, Uploaded]
) -> None:
    picture = done["coffee.png"]
    assert picture.image_id is not None
    traced = onlooker(stack, "trace", "--json", picture.picture.key)
    assert traced.returncode == 0, traced.stderr
    lines = json.loads(traced.stdout)
    trace_id = (await client.recognition(picture.image_id))["trace_id"]
    assert {line["trace_id"] for line in lines if line["event"] in {"picture.stored", "answered"}} == {trace_id}
    finished = {line["queue"] for line in lines if line["event"] == "message.done" and line["milliseconds"] > 0}
    assert finished == {f"onlooker-{queue}" for queue in ("recognizer-images", "annotator", "tagger", "notifier")}
    shown = onlooker(stack, "trace", picture.picture.key).stdout
    assert [service for service in WRITERS if f" {service} " not in shown] == []


async def test_a_picture_that_failed_is_followed_to_where_it_did(
    stack: Stack, client: OnlookerClient, pictures: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.jpg"
    cut.write_bytes((pictures / "portraits" / "obama.jpg").read_bytes()[:9_000])
    (failed,) = await send(client, find_pictures([cut]))
    assert failed.image_id is not None
    lines = json.loads(onlooker(stack, "trace", "--json", failed.image_id).stdout)
    told = {line["event"]: line for line in lines}
    assert told["picture.handled"]["outcome"] == "refused"
    assert told["message.rejected"]["reason"].startswith(told["picture.handled"]["reason"])


async def test_one_trace_has_what_every_service_did_about_a_picture(
    collector: Collector, done: dict[str, Uploaded]
) -> None:
    steps = {
        "recognizer recognize": 1,
        "onlooker-annotator process": 1,
        "onlooker-tagger process": 2,  # it is told of the recognition, and of the drawing
        "onlooker-notifier process": 1,
    }

    async def of_a_picture() -> list[Span]:
        for trace_id in {span.trace_id for span in collector.spans if span.name.startswith("PUT /v1/")}:
            spans = collector.of(trace_id)
            names = [span.name for span in spans]
            if all(names.count(name) == times for name, times in steps.items()):
                return spans
        return []

    spans = await eventually(of_a_picture)
    known = {span.span_id for span in spans}
    (first,) = [span for span in spans if span.parent_id not in known]
    assert first.name.startswith("PUT "), "all else follows from the upload"


async def test_one_mail_tells_of_many_pictures(stack: Stack, done: dict[str, Uploaded]) -> None:
    mails = await sent_mails(stack)
    assert 1 <= len(mails) < len(done)


async def test_what_is_deleted_in_s3_itself_is_gone_everywhere(
    client: OnlookerClient, s3: Any, done: dict[str, Uploaded]
) -> None:
    picture = done["cat.png"]
    assert picture.image_id is not None
    assert len(await left_of(s3, picture.image_id)) >= 3
    await s3.delete_object(Bucket=BUCKET, Key=picture.picture.key)
    await gone(client, s3, picture.image_id)


async def test_nothing_is_stored_of_what_was_deleted_over_http(
    client: OnlookerClient, s3: Any, done: dict[str, Uploaded]
) -> None:
    picture = done["biden.jpg"]
    assert picture.image_id is not None
    await client.delete(BUCKET, picture.picture.key)
    await gone(client, s3, picture.image_id)


def test_a_second_up_on_the_same_data_says_who_holds_it(stack: Stack) -> None:
    second = onlooker(stack, "up", "--port", "0", "--emulator-port", "0", "--rekognition-port", "0")
    assert second.returncode == 75
    assert str(stack.running.pid) in second.stderr


def test_the_admin_key_is_its_owners_alone(stack: Stack) -> None:
    assert stack.folder.admin_key.stat().st_mode & 0o777 == 0o600


def test_only_the_loopback_interface_is_listened_on(stack: Stack) -> None:
    pids = [stack.running.pid, *stack.children().values()]
    assert listening_addresses(pids) == {"127.0.0.1"}
