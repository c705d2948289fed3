"""What is accounted for of people: what they agreed to, who looked at them, and that they are erased."""

import hashlib
import re
from datetime import timedelta
from html import escape, unescape
from io import BytesIO
from unittest.mock import AsyncMock
from zipfile import ZipFile

import pytest

from console_site import Site
from onlooker_recognizer.people.attendance.signing import Attendance
from onlooker_recognizer.people.erasure.asking import Erasers
from onlooker_recognizer.people.erasure.records import Proof, Receipt
from onlooker_recognizer.people.erasure.records import State as Progress
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_shared.keys import Scope
from recognitions import NOON

HOSTILE = "<b>the door"


@pytest.fixture
async def ada(site: Site, request: pytest.FixtureRequest) -> PersonRecord:
    """Somebody whom no other test knows."""
    names = site.installation.topology
    people = People(await site.installation.aws.client("dynamodb"), names.people.name, names.people_faces.name)
    return await people.create(f"Ada <i> {hashlib.md5(request.node.name.encode()).hexdigest()[:8]}")


async def test_a_consent_is_recorded_shown_and_withdrawn(site: Site, ada: PersonRecord) -> None:
    path = f"/console/people/{ada.person_id}/consents"
    async with site.signed_in() as somebody:
        assert "No consent is recorded" in (await somebody.get(path)).text
        sent = await somebody.post(path, data={"given_by": "herself", "purpose": HOSTILE, "until": "2999-05-01"})
        assert (sent.status_code, sent.headers["location"]) == (303, path)
        page = (await somebody.get(path)).text
        assert "&lt;b&gt;the door" in page
        assert "Wednesday, 1 May 2999" in page
        (withdraw,) = re.findall(r'action="([^"]+/withdraw)"', page)
        assert (await somebody.post(withdraw)).status_code == 400
        assert (await somebody.post(withdraw, data={"sure": "true"})).status_code == 303
        after = (await somebody.get(path)).text
    assert "Withdrawn" in after
    assert "No consent holds any more" in after
    assert "/withdraw" not in after


async def test_a_consent_that_is_not_whole_is_refused_and_stays_on_the_form(site: Site, ada: PersonRecord) -> None:
    path = f"/console/people/{ada.person_id}/consents"
    async with site.signed_in() as somebody:
        half = await somebody.post(path, data={"given_by": "her aunt"})
        past = await somebody.post(path, data={"given_by": "herself", "purpose": "x", "until": "2001-01-01"})
    assert half.status_code == 400
    assert 'value="her aunt"' in half.text
    assert past.status_code == 422
    assert "This consent has ended already" in unescape(past.text)


async def test_who_did_what_is_listed_of_a_month_and_of_a_person(site: Site, ada: PersonRecord) -> None:
    async with site.signed_in() as somebody:
        await somebody.post(f"/console/people/{ada.person_id}/name", data={"name": f"{ada.name} II"})
        about = (await somebody.get(f"/console/people/{ada.person_id}/audit")).text
        everybody = (await somebody.get("/console/people/audit")).text
        assert (await somebody.get("/console/people/audit?month=1999-01")).text.count("Nothing happened") == 1
        assert (await somebody.get("/console/people/audit?month=soon")).status_code == 422
    assert "Changed" in about
    assert ada.name not in about
    assert f"/console/people/{ada.person_id}/audit" in everybody


async def test_somebody_is_erased_after_a_question_and_the_receipt_tells_of_it(
    site: Site, ada: PersonRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = Receipt(erasure_id=ada.person_id, state=Progress.UNDER_WAY, policy="redraw", asked_at=NOON)
    proof = Proof(at=NOON, looked_at={"people": 40, "results": 2}, found={"people": 0}, searched=3, recognized=0)
    done = begun.model_copy(
        update={"state": Progress.PROVED, "proved_at": NOON, "removed": {"crops": 3, "odd": 1}, "proof": proof}
    )
    erase, told = AsyncMock(return_value=begun), AsyncMock(side_effect=[begun, done])
    monkeypatch.setattr(Erasers, "erase", erase)
    monkeypatch.setattr(Erasers, "receipt", told)
    path, receipt = f"/console/people/{ada.person_id}/erase", f"/console/people/erasures/{ada.person_id}"
    async with site.signed_in() as somebody:
        assert "cannot be undone" in (await somebody.get(path)).text
        assert (await somebody.post(path)).status_code == 400
        erase.assert_not_called()
        answer = await somebody.post(path, data={"sure": "true"})
        assert (answer.status_code, answer.headers["location"]) == (303, receipt)
        first = (await somebody.get(receipt)).text
        last = (await somebody.get(receipt, headers={"HX-Request": "true"})).text
    assert erase.call_args.args[0] == ada.person_id
    assert "Under way" in first
    assert f'hx-get="{receipt}"' in first
    assert "Erased and proved" in last
    assert "Pictures of faces" in last
    assert "42 stored items read, 0 of them found; 3 searches" in last
    assert "hx-get" not in last


async def test_who_may_only_look_is_offered_no_more(site: Site, ada: PersonRecord) -> None:
    key = await site.keys.create(owner="reader", scopes=[Scope.PEOPLE_READ])
    path = f"/console/people/{ada.person_id}"
    async with site.signed_in(key) as somebody:
        assert "may not erase" in (await somebody.get(f"{path}/erase")).text
        assert "Record a consent" not in (await somebody.get(f"{path}/consents")).text
        assert (await somebody.post(f"{path}/erase", data={"sure": "true"})).status_code == 403
        refused = await somebody.get("/console/people/audit")
        assert (refused.status_code, "lacks the scope &#39;people:audit&#39;" in refused.text) == (403, True)
        assert (await somebody.get(f"{path}/export")).status_code == 403
    desk = await site.keys.create(owner="desk", scopes=[Scope.PEOPLE_READ, Scope.PEOPLE_WRITE, Scope.TAGS_READ])
    async with site.signed_in(desk) as somebody:
        page = (await somebody.get(path)).text
    assert f"{path}/consents" in page
    assert f"{path}/audit" not in page
    assert f"{path}/export" not in page


async def test_everything_of_somebody_can_be_downloaded(site: Site, ada: PersonRecord) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/people/{ada.person_id}/export")
        assert (await somebody.get(f"/console/people/{'0' * 32}/export")).status_code == 404
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("application/zip", "private, no-store")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "person.json" in ZipFile(BytesIO(answer.content)).namelist()


async def test_who_was_there_is_shown_for_a_day_and_as_a_table(site: Site, ada: PersonRecord) -> None:
    names, aws = site.installation.topology, site.installation.aws
    attendance = Attendance(
        await aws.client("dynamodb"), names.attendance.name, cooldown=timedelta(0), clock=lambda: NOON
    )
    await attendance.sign(ada.person_id)
    path, day = "/console/people/attendance", NOON.date().isoformat()
    async with site.signed_in() as somebody:
        page = (await somebody.get(path, params={"day": day})).text
        table = await somebody.get(f"{path}.csv", params={"day": day})
        assert "Nobody signed in today" in (await somebody.get(path)).text
        assert (await somebody.get(path, params={"day": "soon"})).status_code == 422
    assert escape(ada.name) in page
    assert "Did not sign out" in page
    assert ada.name in table.text
    assert table.headers["Content-Type"].startswith("text/csv")


async def test_a_device_at_the_door_needs_a_key_for_that_and_no_other(site: Site) -> None:
    path = "/console/people/attendance"
    door = await site.keys.create(owner="door", scopes=[Scope.ATTENDANCE_WRITE])
    async with site.signed_in(door) as device:
        page = await device.get(f"{path}/door")
        assert ("data-door" in page.text, "data-looks" in page.text) == (True, False)
        assert page.headers["Permissions-Policy"].startswith("camera=(self)")
        assert (await device.get(path)).status_code == 403
        refused = await device.post(path, content=b"no picture", headers={"Content-Type": "image/jpeg"})
        assert (refused.status_code, "picture" in refused.text) == (422, True)
        large = await device.post(path, content=b"x" * (5 << 20), headers={"Content-Type": "image/jpeg"})
        assert large.status_code == 413
    reader = await site.keys.create(owner="reader", scopes=[Scope.PEOPLE_READ])
    async with site.signed_in(reader) as somebody:
        assert "attendance:write" in (await somebody.get(f"{path}/door")).text
        assert f"{path}/door" not in (await somebody.get(path)).text
        answer = await somebody.post(path, content=b"x", headers={"Content-Type": "image/jpeg"})
        assert answer.status_code == 403
