"""What deletions cover, in whatever order they are told."""

from datetime import timedelta
from itertools import permutations

from onlooker_tagger import documents
from onlooker_tagger.documents import Deletion, Document
from onlooker_tagger.tombstones import Tombstone, object_id
from recognitions import NOON, an_image


def at(number: int) -> str:
    """A sequencer."""
    return f"{number:018X}"


def deletion(sequencer: str = "", minute: int = 0, *image_ids: str) -> Deletion:
    return Deletion(
        bucket="images",
        key="cat.jpg",
        sequencer=sequencer,
        deleted_at=NOON + timedelta(minutes=minute),
        image_ids=image_ids,
    )


def upload(sequencer: str = "", minute: int = 0) -> Document:
    return documents.failed(an_image(sequencer=sequencer, uploaded_at=NOON + timedelta(minutes=minute)), "")


def test_the_latest_deletion_counts_in_whatever_order_they_come() -> None:
    for order in permutations([deletion(at(3)), deletion(at(5)), deletion(at(4))]):
        tombstone = Tombstone()
        for each in order:
            tombstone = tombstone.joined(each)

        assert tombstone.covers(upload(at(5)))
        assert not tombstone.covers(upload(at(6)))


def test_a_deletion_without_a_number_counts_by_its_time() -> None:
    tombstone = Tombstone().joined(deletion(at(3), 1)).joined(deletion("", 5))

    assert tombstone.covers(upload(at(4), 4))
    assert not tombstone.covers(upload(at(4), 6))
    assert tombstone.covers(upload("", 5))


def test_of_equal_numbers_the_times_count() -> None:
    tombstone = Tombstone().joined(deletion(at(3), 5)).joined(deletion(at(3), 1))

    assert tombstone.covers(upload(at(3), 4))
    assert not tombstone.covers(upload(at(3), 6))


def test_deleted_versions_say_nothing_of_others() -> None:
    gone = upload(at(2))
    tombstone = Tombstone().joined(deletion(at(3), 1, gone.image_id))

    assert tombstone.covers(gone)
    assert not tombstone.covers(documents.failed(an_image(content="2", sequencer=at(1)), ""))


def test_nothing_in_it_names_the_picture() -> None:
    kept = Tombstone().joined(deletion(at(3), 1)).model_dump_json() + object_id("images", "cat.jpg")

    assert "images" not in kept
    assert "cat" not in kept
