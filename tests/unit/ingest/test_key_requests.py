"""What an access key may be asked to be."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from onlooker_ingest.key_requests import KeyRequest, check_within, expiry
from onlooker_shared.errors import BadRequestError, ConflictError, ForbiddenError
from onlooker_shared.keyring import successor_of
from onlooker_shared.keys import Principal, Scope

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def request(**more: Any) -> KeyRequest:
    return KeyRequest.model_validate({"owner": "camera", "scopes": ["images:write"], **more})


def admin(key_id: str, expires_at: datetime | None = None, **more: Any) -> Principal:
    return Principal(key_id, "somebody", frozenset({Scope.ADMIN}), expires_at=expires_at, **more)


@pytest.mark.parametrize(
    "wrong",
    [
        {"owner": ""},
        {"owner": "   "},
        {"owner": "x" * 201},
        {"owner": "two\nlines"},
        {"owner": "bell\a"},
        {"owner": "gpj.\u202etac"},
        {"owner": "\u2028"},
        {"owner": "\ud800"},
        {"scopes": []},
        {"scopes": ["images:paint"]},
        {"prefix": "é" * 513},
        {"prefix": "a\0"},
        {"expires_at": "2027-01-01T00:00:00"},
        {"days": 0},
        {"days": 3651},
        {"days": 1, "expires_at": "2027-01-01T00:00:00Z"},
        {"expire_at": "2027-01-01T00:00:00Z"},
    ],
    ids=ascii,
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        request(**wrong)


def test_an_owner_may_be_named_in_any_script() -> None:
    for owner in ("Zoë's phone 📷", "كاميرا الباب", "می‌خواهم", "x" * 200):
        assert request(owner=f" {owner} ").owner == owner


def test_a_key_ends_when_somebody_said_or_not_at_all() -> None:
    assert expiry(request(), NOW) is None
    assert expiry(request(days=7), NOW) == NOW + timedelta(days=7)
    there = timezone(timedelta(hours=-5))
    assert expiry(request(expires_at=datetime(2026, 11, 22, 8, tzinfo=there)), NOW) == NOW + timedelta(hours=1)


@pytest.mark.parametrize("when", ["2026-11-22T12:00:00Z", "2020-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00"])
def test_an_end_in_the_past_or_out_of_sight_is_refused(when: str) -> None:
    with pytest.raises(BadRequestError, match="in the future"):
        expiry(request(expires_at=when), NOW)


def test_no_key_outlives_the_one_that_made_it() -> None:
    soon = NOW + timedelta(days=1)
    check_within(None, admin("a"))
    check_within(soon, admin("a", soon))
    for later in (None, soon + timedelta(seconds=1)):
        with pytest.raises(ForbiddenError, match="2026-11-23T12:00:00Z"):
            check_within(later, admin("a", soon))


def test_an_admin_key_is_succeeded_by_one_that_can_do_as_much_for_as_long() -> None:
    day = timedelta(days=1)
    doomed = admin("doomed", NOW + day)
    no_successors = [
        doomed,
        admin("sooner", NOW + day / 2),
        admin("bound", bucket="images"),
        admin("in a folder", prefix="a/"),
        admin("over", NOW),
        Principal("reader", "somebody", frozenset({Scope.TAGS_READ})),
    ]
    for successor in (admin("as long", NOW + day), admin("for good")):
        assert successor_of(doomed, [*no_successors, successor], NOW) == successor
    with pytest.raises(ConflictError, match="expires before"):
        successor_of(doomed, no_successors, NOW)
    with pytest.raises(ConflictError, match="last admin key"):
        successor_of(doomed, [doomed, *no_successors[2:]], NOW)
