"""How far an erasure goes: through all that is stored of somebody, and not into what is others'."""

import io
import json
import zipfile
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from onlooker_recognizer.people.consent.consents import Consents, Given
from onlooker_recognizer.people.erasure import erasing, pictures
from onlooker_recognizer.people.profiles.table import Profiles
from onlooker_shared.annotations import ANNOTATED, AS_OF, THUMBNAILS, rendition_key
from onlooker_shared.objects import list_objects
from onlooker_shared.results import result_key
from people_erasures import erased, items, receipt, told_of
from people_past import Past, past_of, served
from people_records import a_face_id, an_id
from recognizer_stage import Stage, jpeg


@pytest.fixture(autouse=True)
def _again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_ERASED_AGAIN", "0")


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


async def test_an_id_in_what_somebody_wrote_about_another_takes_nothing_from_them(past: Past) -> None:
    alice = await past.people.create("Alice")
    bob = await past.people.create("Bob", attributes={"sister": alice.person_id}, external_id=alice.person_id)
    picture = await past.seen(f"albums/{alice.person_id}/1.jpg", alice, bob)
    dynamodb, names = await past.stage.aws.client("dynamodb"), past.stage.names
    consents = Consents(dynamodb, names.consents.name, clock=lambda: datetime.now(UTC))
    await consents.record(bob.person_id, Given(given_by=alice.person_id, purpose="the door"), recorded_by="tests")
    await Profiles(dynamodb, names.profiles.name).put(a_face_id(), {"sister": alice.person_id})

    async with served(past) as here, here.client() as client:
        told = await erased(client, alice)

    assert (await past.people.get(bob.person_id)).attributes == {"sister": alice.person_id}
    assert [person.person_id for person in await past.people.named("Bob")] == [bob.person_id]
    assert (await past.names(picture), await past.recorded(picture)) == ([None, "Bob"], [bob.person_id])
    assert len(await consents.of_person(bob.person_id)) == 1
    assert len(await items(past, names.profiles)) == 1
    assert set(told["proof"]["found"].values()) == {0}
    assert {"index", "rules", "backups"} <= set(told["proof"]["not_looked_at"])


async def test_a_result_that_nobody_can_read_holds_up_no_erasure(past: Past) -> None:
    alice = await past.people.create("Alice")
    damaged, whole = await past.seen("a.jpg", alice), await past.seen("b.jpg", alice)
    s3, bucket = await past.stage.aws.client("s3"), past.results.bucket
    body = json.dumps({"recognition": {"faces": [{"person": alice.person_id}]}})
    await s3.put_object(Bucket=bucket, Key=result_key(damaged), Body=body.encode())
    async with served(past) as here, here.client() as client:
        told = await erased(client, alice)
    assert told["removed"]["results"] == 2
    assert [entry["Key"] async for entry in list_objects(s3, bucket, "results/")] == [result_key(whole)]
    assert await told_of(past, alice.person_id, "Alice") == []


async def test_an_export_has_what_came_by_merges_and_passes_over_what_is_damaged(past: Past) -> None:
    oldest, older, alice = [await past.people.create(name) for name in ("Ally", "Ali", "Alice")]
    shown = await past.seen_often(alice, 3)
    s3, bucket = await past.stage.aws.client("s3"), past.results.bucket
    await s3.put_object(Bucket=bucket, Key=result_key(shown[0]), Body=b"{}")
    async with served(past) as here, here.client() as client:
        for one, into in ((oldest, older), (older, alice)):
            merged = await client.post(f"/people/{one.person_id}/merge", json={"into": into.person_id})
            assert merged.status_code == 200
        answer = await client.get(f"/people/{older.person_id}/export")
        assert (await client.get(f"/people/{an_id()}/export")).status_code == 404
    assert f"{alice.person_id}.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        told = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert [each["name"] for each in told["person.json"]] == ["Alice", "Ally", "Ali"]
    assert (len(told["sightings.json"]), len(told["results.json"])) == (3, 2)
    assert [each["action"] for each in told["audit.json"]] == ["exported", "merged", "merged"]
    assert (told["faces.json"], told["consents.json"]) == ([], [])


async def test_more_results_than_one_message_looks_through_are_all_gone_through_once_and_counted(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "BATCH", 3)
    alice, bob = await past.people.create("Alice"), await past.people.create("Bob")
    hers = await past.seen_often(alice, 5)
    await past.seen_often(bob, 3, "bob")
    for each in hers[:2]:
        await past.sightings.settle(each, ())  # lost: only the results tell
    gone_through: Counter[str] = Counter()
    erase = pictures.ErasedPictures._erase

    async def counted(self: Any, erasure: Any, image_id: str) -> Any:
        gone_through[image_id] += 1
        return await erase(self, erasure, image_id)

    monkeypatch.setattr(pictures.ErasedPictures, "_erase", counted)
    async with served(past) as here, here.client() as client:
        told = await erased(client, alice)
    assert told["removed"]["results"] == 5
    assert told["proof"]["looked_at"]["results"] == 8
    assert await told_of(past, alice.person_id, "Alice") == []
    assert set(gone_through) == set(hers)
    assert max(gone_through.values()) <= 3, "by its sighting and its result, and once more a while later"


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "FOUND_AGAIN", 0.2)


@pytest.mark.usefixtures("_soon")
async def test_earlier_versions_go_in_every_bucket_that_keeps_them(past: Past) -> None:
    s3, names = await past.stage.aws.client("s3"), past.stage.names
    for bucket in (names.results, names.annotated, names.faces):
        await s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    alice = await past.people.create("Alice")
    face = await past.face(alice)
    shown, deleted = await past.seen("a.jpg", alice), await past.seen("b.jpg", alice)
    await past.results.revise(shown, _later)
    await past.delete(deleted)  # with a marker: the result is there as an earlier version
    drawn = [rendition_key(prefix, image_id) for image_id in (shown, deleted) for prefix in (ANNOTATED, THUMBNAILS)]
    for key in drawn * 2:
        await s3.put_object(Bucket=names.annotated.name, Key=key, Body=b"Alice")
    for key in drawn[2:]:
        await s3.delete_object(Bucket=names.annotated.name, Key=key)
    await s3.put_object(Bucket=past.results.bucket, Key=face.crop, Body=b"Alice")
    await s3.put_object(Bucket=past.results.bucket, Key=face.crop, Body=jpeg())
    for body in (b"Alice", b"Bob"):
        tagging = f"person={body.decode()}"
        await s3.put_object(Bucket=names.faces.name, Key="x.jpg", Body=body, Tagging=tagging)

    async with served(past) as here, here.client() as client:
        await client.delete(f"/people/{alice.person_id}")
        await receipt(client, alice.person_id, "erased")
        current = await past.results.get(shown)
        as_of = {AS_OF: current.recognition.as_of.isoformat()}
        for key in drawn[:2]:  # as the annotator draws it anew
            await s3.put_object(Bucket=names.annotated.name, Key=key, Body=b"nobody", Metadata=as_of)
        told = await receipt(client, alice.person_id)

    left = await everything_kept(past)
    kept = sorted(key for key, _ in left)
    assert not [key for (key, _), body in left.items() if b"Alice" in body]
    assert not [key for (key, _), body in left.items() if alice.person_id.encode() in body and "erasures" not in key]
    assert kept.count(f"erasures/{alice.person_id}.json") == 1
    assert kept.count(result_key(shown)) == 1
    assert result_key(deleted) not in kept
    assert kept.count("x.jpg") == 1
    assert told["removed"]["old_versions"] >= 5


async def everything_kept(past: Past) -> dict[tuple[str, str], bytes]:
    """All versions of all objects that may tell of people, by their keys and ids."""
    s3, names = await past.stage.aws.client("s3"), past.stage.names
    found = {}
    for bucket in (names.results.name, names.annotated.name, names.faces.name):
        for entry in (await s3.list_object_versions(Bucket=bucket)).get("Versions", ()):
            version = {"Key": entry["Key"], "VersionId": entry["VersionId"]}
            found[entry["Key"], entry["VersionId"]] = await (await s3.get_object(Bucket=bucket, **version))[
                "Body"
            ].read()
    return found


async def _later(known: Any) -> Any:
    return known.model_copy(update={"traceparent": f"00-{an_id()}-{an_id()[:16]}-01"})
