"""What the keeper takes for new, for the same, and for gone."""

from datetime import UTC, datetime

from onlooker.keeper.comparison import Comparison, Listed
from onlooker.keeper.rounds import LONGEST, SHORTEST, rest_after

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def listed(key: str, etag: str = "e", modified: datetime = NOON, size: int = 1) -> Listed:
    return Listed(key, etag, modified, size)


def test_what_is_new_or_of_another_version_changed_and_what_is_on_no_page_is_gone() -> None:
    kept = {each.key: each.version for each in map(listed, ("same", "other bytes", "other time", "other size", "gone"))}
    compared = Comparison(kept)
    changes = [
        listed("other bytes", etag="f"),
        listed("other time", modified=NOON.replace(hour=13)),
        listed("other size", size=2),
        listed("new"),
    ]
    assert compared.changed(changes[:2]) == changes[:2]
    assert compared.changed([*changes[2:], listed("same")]) == changes[2:]
    assert compared.gone == ["gone"]


def test_a_pass_takes_a_tenth_of_the_time_at_most_but_none_is_put_off_for_long() -> None:
    assert rest_after(0.01) == SHORTEST
    assert rest_after(2.0) == 18.0
    assert rest_after(1000.0) == LONGEST
