"""Which picture is meant, and which of two events is the later."""

import itertools
import random
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from onlooker_shared.images import ImageRef, image_id, object_prefix, order

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def a_ref(**changes: object) -> ImageRef:
    fields = {"bucket": "images", "key": "a.jpg", "etag": "e1", "size": 1, "uploaded_at": NOW, **changes}
    return ImageRef.of(**fields)


def test_an_id_never_changes_since_everything_is_stored_under_it() -> None:
    assert image_id("images", "folder/cat.jpg", "e1") == "f97c5e0fd535580307fd3cb212fbe725"
    assert image_id("images", "folder/cat.jpg", '"e1"') == "f97c5e0fd535580307fd3cb212fbe725"


def test_the_ids_of_an_objects_versions_can_be_listed_by_what_they_begin_with() -> None:
    ours, others = object_prefix("images", "folder/cat.jpg"), object_prefix("images", "folder/dog.jpg")
    assert ours == "f97c5e0fd5355803" != others
    ids = [image_id("images", "folder/cat.jpg", version) for version in ("e1", "e2", "v1")]
    assert all(each.startswith(ours) for each in ids)
    assert len({each.removeprefix(ours) for each in ids}) == 3


def test_a_bucket_and_a_key_are_not_mistaken_for_another_bucket_and_key() -> None:
    assert object_prefix("images", "a/b") != object_prefix("images/a", "b") != object_prefix("imagesa", "/b")


def test_ids_of_different_pictures_differ() -> None:
    buckets, keys, versions = ("b", "bk"), ("k", "kv", "folder/k", "k é+%20", ""), ("v", "1", "")
    every = list(itertools.product(buckets, keys, versions))
    assert len({image_id(*each) for each in every}) == len(every)


def test_a_version_id_counts_where_the_bucket_keeps_versions_and_the_etag_where_not() -> None:
    assert a_ref(version_id="v1").image_id == a_ref(version_id="v1", etag="e2").image_id
    assert a_ref(version_id="v1").image_id != a_ref(version_id="v2").image_id
    for none in (None, "", "null"):
        assert a_ref(version_id=none).version_id is None
        assert a_ref(version_id=none).image_id == a_ref(etag='"e1"').image_id
    assert a_ref().image_id != a_ref(etag="e2").image_id


def test_an_id_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        ImageRef.model_validate({**a_ref().model_dump(), "image_id": "../../etc/passwd"})


def test_the_order_of_sequencers_is_that_of_their_padded_digits() -> None:
    chance = random.Random(1)
    sequencers = ["00" + "".join(chance.choices("0123456789ABCDEF", k=chance.randint(0, 16))) for _ in range(500)]
    sequencers = [each for each in sequencers if each.ljust(18, "0")[2] < "8"]  # until the year 2038
    by_text = sorted(sequencers, key=lambda each: each.ljust(18, "0"))
    assert sorted(by_text, key=order) == by_text
    assert [order(each) for each in by_text] == sorted(order(each) for each in sequencers)
    assert len({order(each) for each in by_text}) == len({each.ljust(18, "0") for each in by_text})


@pytest.mark.parametrize("sequencer", ["", "0", "0055AED6DCD90281E5", "F" * 18, "F" * 40, "1"])
def test_an_order_fits_an_external_version(sequencer: str) -> None:
    assert 0 <= order(sequencer) < 2**63


def test_no_sequencer_is_before_every_other() -> None:
    assert order("") == 0 < order("00000000000000000B")
