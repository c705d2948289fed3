"""What is kept no longer: pictures and strangers by age, people whose last consent ended; by one recognizer of many."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from installation import client_of, eventually
from onlooker_recognizer.people.audit.log import Actor
from onlooker_recognizer.people.consent import retention as module
from onlooker_recognizer.people.consent.consents import Consents, Given
from onlooker_recognizer.people.consent.retention import Keep, Retention, RetentionTimer
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import State
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.claims import Claims
from onlooker_shared.errors import ConflictError
from onlooker_shared.objects import list_objects
from people_records import a_sighting
from recognitions import an_image
from recognizer_stage import Stage, jpeg

GIVEN = Given(given_by="Alice", purpose="the door")
DAY = timedelta(days=1)


@dataclass
class Clock:
    """A clock that the test sets; it begins with the real time, as S3's does."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Erases:
    """Notes who is to be erased."""

    people: People
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def erase(self, person_id: str, actor: Actor) -> None:
        if (await self.people.get(person_id)).name == "Merged this moment":
            raise ConflictError("merged")
        self.asked.append(((await self.people.get(person_id)).name, actor.reason or ""))


@dataclass
class Here:
    """What is looked after, and by whom."""

    stage: Stage
    clock: Clock
    people: People
    consents: Consents
    erases: Erases
    claims: Claims
    retention: Retention

    def timer(self) -> RetentionTimer:
        return RetentionTimer(self.retention, self.claims, clock=self.clock)

    async def keys(self) -> list[str]:
        s3 = await self.stage.aws.client("s3")
        return [entry["Key"] async for entry in list_objects(s3, self.stage.names.images.name)]


@pytest.fixture
async def here(dark_stage: Stage) -> Here:
    clock, names = Clock(), dark_stage.names
    dynamodb = await dark_stage.aws.client("dynamodb")
    people = People(dynamodb, names.people.name, names.people_faces.name, clock=lambda: clock().timestamp())
    consents, erases = Consents(dynamodb, names.consents.name, clock=clock), Erases(people)
    retention = Retention(
        keep=Keep(pictures=30 * DAY, unknowns=7 * DAY),
        s3=await dark_stage.aws.client("s3"),
        images=names.images.name,
        people=people,
        consents=consents,
        erases=erases,
        clock=clock,
    )
    claims = Claims(dynamodb, names.claims.name, clock=lambda: clock().timestamp())
    return Here(dark_stage, clock, people, consents, erases, claims, retention)


async def test_who_has_no_consent_left_is_erased_and_nobody_else(here: Here) -> None:
    for name, until in (("Alice", None), ("Bob", here.clock() + DAY), ("Merged this moment", here.clock() + DAY)):
        person = await here.people.create(name)
        given = GIVEN.model_copy(update={"until": until})
        await here.consents.record(person.person_id, given, recorded_by="tests")
    await here.people.create("Carol, who was never asked")
    assert await here.retention.end_consents() == 0
    here.clock.now += DAY
    assert await here.retention.end_consents() == 1
    assert here.erases.asked == [("Bob", "last consent ended")]


async def test_what_is_due_is_read_and_not_all_consents_and_nothing_hangs_on_it(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await here.people.create("Alice"), await here.people.create("Bob")
    short = GIVEN.model_copy(update={"until": here.clock() + DAY})
    for person in (alice, bob):
        await here.consents.record(person.person_id, short, recorded_by="tests")
    await here.consents.record(bob.person_id, GIVEN, recorded_by="tests")  # a longer one
    [ended] = await here.consents.of_person(alice.person_id)
    with monkeypatch.context() as patch:
        patch.setattr(Consents, "ended", None)
        here.clock.now += DAY
        assert len(await here.consents.due()) == 2
        assert await here.retention.end_consents() == 1
        assert await here.consents.due() == []
        await here.consents.withdraw(alice.person_id, ended.consent_id)
        assert [due.person_id for due in await here.consents.due()] == [alice.person_id]
    for due in await here.consents.due():
        await here.consents.settle(due)  # as if it had been lost
    here.erases.asked.clear()
    assert await here.retention.end_consents() == 0
    assert await here.retention.end_all_consents() == 1
    assert here.erases.asked == [("Alice", "last consent ended")]


async def test_whoever_they_were_merged_into_is_erased_and_nobody_who_gave_no_consent(here: Here) -> None:
    ali, alice = await here.people.create("Ali"), await here.people.create("Alice")
    given = await here.consents.record(ali.person_id, GIVEN, recorded_by="tests")
    await here.consents.withdraw(ali.person_id, given.consent_id)
    await here.people.change(ali.person_id, state=State.MERGED, merged_into=alice.person_id)
    assert await here.retention.end_consents() == 1
    await here.consents.forget(ali.person_id)
    assert await here.retention.end_consents() == 0
    assert here.erases.asked == [("Alice", "last consent ended")]


async def test_strangers_end_so_long_after_they_were_last_seen(here: Here) -> None:
    names = here.stage.names
    sightings = Sightings(await here.stage.aws.client("dynamodb"), names.sightings.name, names.people.name)
    known, never = await here.people.create("Alice"), await here.people.create_unknown()
    seen = await here.people.create_unknown()
    here.clock.now += 5 * DAY
    image = an_image().model_copy(update={"uploaded_at": here.clock()})
    await sightings.settle(image.image_id, [a_sighting(seen, image), a_sighting(known, image)])
    here.clock.now += 3 * DAY
    assert await here.retention.end_unknowns() == 1
    assert here.erases.asked == [(never.name, "not seen for long")]
    here.clock.now += 5 * DAY
    here.erases.asked.clear()
    assert await here.retention.end_unknowns() == 2  # this one erases nobody really
    assert {name for name, _ in here.erases.asked} == {never.name, seen.name}


async def test_pictures_end_so_long_after_their_upload(here: Here) -> None:
    await here.stage.put("a.jpg", jpeg())
    await here.stage.put("folder/ä b.jpg", jpeg())
    assert await here.retention.end_pictures() == 0
    assert len(await here.keys()) == 2
    here.clock.now += 31 * DAY
    assert await here.retention.end_pictures() == 2
    assert await here.keys() == []


async def test_earlier_versions_go_with_a_picture(here: Here) -> None:
    s3, bucket = await here.stage.aws.client("s3"), here.stage.names.images.name
    await s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for colour in (10, 20):
        await here.stage.put("a.jpg", jpeg(colour=(colour, 0, 0)))
    here.clock.now += 31 * DAY
    assert await here.retention.end_pictures() == 1
    left = await s3.list_object_versions(Bucket=bucket)
    assert left.get("Versions", []) == []


async def test_nothing_ends_unless_somebody_says_so(here: Here) -> None:
    here.retention._keep = Keep()
    await here.stage.put("a.jpg", jpeg())
    await here.people.create_unknown()
    here.clock.now += 3650 * DAY
    assert await here.retention.end_pictures() == await here.retention.end_unknowns() == 0
    assert (await here.keys(), here.erases.asked) == (["a.jpg"], [])


async def test_one_of_many_looks_and_another_takes_over_when_it_is_gone(here: Here) -> None:
    first, second = here.timer(), here.timer()
    assert (await first.look(), await second.look(), await first.look()) == (True, False, True)
    here.clock.now += timedelta(minutes=4)
    assert (await second.look(), await first.look()) == (True, False)


async def test_many_pictures_are_deleted_by_several_looks(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for number in range(3):
        await here.stage.put(f"{number}.jpg", jpeg())
    here.clock.now += 31 * DAY
    timer = here.timer()
    await timer.look()
    assert len(await here.keys()) == 1
    await timer.look()
    assert await here.keys() == []
    await here.stage.put("later.jpg", jpeg())
    here.clock.now += timedelta(minutes=1)
    await timer.look()  # all were looked at a minute ago
    assert await here.keys() == ["later.jpg"]


async def test_a_recognizer_at_work_erases_who_withdrew(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.1)
    dynamodb = await stage.aws.client("dynamodb")
    people = People(dynamodb, stage.names.people.name, stage.names.people_faces.name)
    alice = (await people.create("Alice")).person_id
    async with stage.recognizer() as service, client_of(service) as http:
        consent = (await http.post(f"/people/{alice}/consents", json={"given_by": "A", "purpose": "x"})).json()
        assert (await http.get(f"/people/{alice}")).status_code == 200
        await http.delete(f"/people/{alice}/consents/{consent['consent_id']}")

        async def status() -> int:
            return (await http.get(f"/people/{alice}")).status_code

        await eventually(status, lambda seen: seen == 404)
        entry = (await http.get(f"/people/{alice}/audit")).json()["entries"]
        erased = [each for each in entry if each["action"] == "erased"]
        assert [(each["owner"], each["key_id"], each["reason"]) for each in erased] == [
            ("retention", None, "last consent ended")
        ]
