"""What only a file on a disk can suffer."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexing import counts, put, suggested
from onlooker_shared.errors import ConfigurationError, RetryLater, UnavailableError
from onlooker_shared.messages import ImageAnnotated, ImageFailed, ImageRecognized
from onlooker_shared.outages import Outages
from onlooker_shared.results import Results
from onlooker_tagger import documents
from onlooker_tagger.__main__ import utc_now
from onlooker_tagger.documents import Deletion
from onlooker_tagger.handlers import Handler
from onlooker_tagger.queries import ImageQuery, Within
from onlooker_tagger.sqlite import SqliteIndex, open_index, schema
from recognitions import NOON, a_face, a_label, a_line, a_recognition, an_image, failed, recognized

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tags.db"


def handler(index: SqliteIndex) -> Handler:
    no_bucket: S3Client = None  # every message here has its recognition inline
    return Handler(index, Results(no_bucket, "results"), Outages(), utc_now)


async def count(index: SqliteIndex) -> int:
    return len((await index.search(ImageQuery(limit=500), Within())).images)


async def test_what_was_acknowledged_is_there_after_a_restart(file: Path) -> None:
    image = an_image()
    async with open_index(file) as index:
        await handler(index).handle(recognized(image))

    async with open_index(file) as index:
        assert (await index.get(image.image_id)).key == image.key


async def test_after_a_restart_everything_is_answered_as_before(file: Path) -> None:
    asked = (
        ImageQuery(q="cat"),
        ImageQuery(label=("pet",)),
        ImageQuery(emotion="HAPPY", min_age=21),
        ImageQuery(prefix="a/"),
    )

    async def answers(index: SqliteIndex) -> list[object]:
        found: list[object] = [await index.search(query, Within()) for query in asked]
        return [*found, await counts(index), await suggested(index, "c"), await suggested(index, "n")]

    async with open_index(file) as index:
        for n in range(20):
            kinds = (a_label("Cat", "Pet"), a_face(name="Nora"), a_line("night")) if n % 2 else (a_label("Cow"),)
            await put(index, an_image(f"{'ab'[n % 3 > 0]}/{n}.jpg"), *kinds)
        await put(index, an_image("a/0.jpg", content="2", uploaded_at=NOON + timedelta(hours=1)), a_label("Cat"))
        await index.delete(Deletion(bucket="images", key="b/1.jpg", deleted_at=NOON + timedelta(hours=1)))
        before = await answers(index)

    async with open_index(file) as index:
        assert await answers(index) == before


async def test_a_reader_never_sees_half_a_commit(file: Path) -> None:
    async with open_index(file) as index:

        async def rename() -> None:
            for n in range(40):
                image = an_image(content=str(n), sequencer=f"{n + 1:018X}")
                await put(index, image, a_label(f"Cat {n}"))

        renaming = asyncio.create_task(rename())
        looked = 0
        while not renaming.done():
            found = await index.search(ImageQuery(q="cat"), Within())
            for document in found.images:
                assert len(found.images) == 1
                at_least = int(document.tags[0].split()[1])
                [label] = (await counts(index)).labels
                assert int(label.name.split()[1]) >= at_least
                looked += 1
        await renaming
        assert looked


async def test_nothing_in_the_file_names_a_deleted_picture(file: Path) -> None:
    async with open_index(file) as index:
        await put(index, an_image("secret-wedding.jpg"), a_face(name="Annabelle"))
        await index.delete(Deletion(bucket="images", key="secret-wedding.jpg", deleted_at=NOON + timedelta(hours=1)))
        for n in range(20):  # later pictures
            await put(index, an_image(f"{n}.jpg"), a_label("Cat"))

    kept = file.read_bytes().lower()
    assert b"secret" not in kept
    assert b"annabel" not in kept


async def test_a_database_that_is_damaged_unnoticed_is_begun_anew_at_the_start(file: Path) -> None:
    async with open_index(file) as index:
        for n in range(200):
            await put(index, an_image(f"{n}.jpg"), a_label("Cat"))
    damaged = bytearray(file.read_bytes())
    damaged[8192:] = b"\xff" * (len(damaged) - 8192)
    file.write_bytes(damaged)

    async with open_index(file) as index:
        assert await count(index) == 0
    assert list(file.parent.glob("tags.db.broken-*"))


async def test_many_messages_share_few_transactions(file: Path) -> None:
    async with open_index(file) as index:
        commits = 0
        commit = index._commit

        def counting(writes: list[object]) -> None:
            nonlocal commits
            commits += 1
            commit(writes)

        index._commit = counting  # watched, not replaced
        await asyncio.gather(*(handler(index).handle(failed(an_image(f"{n}.jpg"))) for n in range(200)))

        assert await count(index) == 200
        assert commits <= 3


async def test_messages_wait_while_another_process_holds_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_TIMEOUT", 0.05)
    message = recognized(an_image())
    async with open_index(file) as index:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RetryLater, match="locked") as waiting:
            await handler(index).handle(message)
        assert waiting.value.pause
        assert await count(index) == 0  # searches go on meanwhile

        other.execute("ROLLBACK")
        other.close()
        await handler(index).handle(message)
        assert await count(index) == 1


async def test_a_write_that_cannot_be_made_takes_no_other_down(file: Path) -> None:
    async with open_index(file) as index:
        await handler(index).handle(recognized(an_image("odd.jpg", sequencer="00")))
        messages = [recognized(an_image(f"{n}.jpg")) for n in range(20)]
        messages.insert(10, recognized(an_image("odd.jpg", content="2", sequencer="this is not hexadecimal")))
        outcomes = await asyncio.gather(*map(handler(index).handle, messages), return_exceptions=True)

        assert [n for n, outcome in enumerate(outcomes) if outcome is not None] == [10]
        assert await count(index) == 21


async def test_a_full_disk_loses_nothing_and_heals(file: Path) -> None:
    async with open_index(file) as index:
        pages = index._writer.execute("PRAGMA page_count").fetchone()[0]
        index._writer.execute(f"PRAGMA max_page_count = {pages + 2}")  # SQLite's own way to a full disk
        messages: list[ImageRecognized | ImageFailed | ImageAnnotated] = [
            recognized(an_image(f"{n}.jpg"), a_face(), *(a_label(f"Label {m}") for m in range(40))) for n in range(20)
        ]
        refused = await asyncio.gather(*map(handler(index).handle, messages), return_exceptions=True)
        assert any(isinstance(error, RetryLater) and "full" in error.reason for error in refused)

        index._writer.execute("PRAGMA max_page_count = 1000000")
        for message, error in zip(messages, refused, strict=True):
            if error is not None:
                await handler(index).handle(message)
        assert await count(index) == 20


async def test_a_file_that_is_no_database_is_set_aside_and_begun_anew(file: Path) -> None:
    file.write_bytes(b"this is not a database" * 1000)

    async with open_index(file) as index:
        await index.ping()
        assert await index.missing(["0" * 32]) == {"0" * 32}  # so a sweep will send everything again

    assert [kept.read_bytes()[:7] for kept in file.parent.glob("tags.db.broken-*")] == [b"this is"]


async def test_a_file_of_another_schema_is_set_aside_too(file: Path) -> None:
    with sqlite3.connect(file) as old:
        old.execute("PRAGMA user_version = 99")
    old.close()

    async with open_index(file) as index:
        await index.ping()

    assert list(file.parent.glob("tags.db.broken-*"))


async def test_a_folder_that_cannot_be_written_is_said_at_start() -> None:
    with pytest.raises(ConfigurationError, match="ONLOOKER_TAGGER_DATABASE"):
        async with open_index(Path("/proc/tags.db")):
            pass


async def test_a_database_damaged_while_open_is_said_by_searches_and_retried_by_messages(file: Path) -> None:
    async with open_index(file) as index:
        for n in range(50):
            await index.put(documents.recognized(an_image(f"{n}.jpg"), a_recognition(a_label("Cat"))))
        index._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        damaged = bytearray(file.read_bytes())
        damaged[4096:] = b"\xff" * (len(damaged) - 4096)
        file.write_bytes(damaged)
        index._writer.execute("PRAGMA shrink_memory")  # forget the pages read before

        with pytest.raises(RetryLater):
            await handler(index).handle(recognized(an_image("new.jpg")))
        with pytest.raises(UnavailableError, match="does not answer"):
            await index.search(ImageQuery(), Within())

    async with open_index(file) as index:  # the next start begins anew
        assert await count(index) == 0
        await handler(index).handle(recognized(an_image("new.jpg")))
    assert list(file.parent.glob("tags.db.broken-*"))


async def test_what_was_replaced_or_deleted_is_gone_from_the_files(file: Path) -> None:
    def holds(text: str) -> bool:
        return any(text.encode() in path.read_bytes() for path in file.parent.iterdir())

    async with open_index(file) as index:
        for n in range(20):
            await index.put(documents.recognized(an_image(f"{n}.jpg"), a_recognition(a_label("Zeppelin"))))
        image = an_image("5.jpg")
        await index.put(documents.recognized(image, a_recognition(a_label("Quartzman"))))
        later = a_recognition(a_label("Cat"), identified_at=NOON + timedelta(hours=1))
        await index.put(documents.recognized(image, later))
        await index.put(documents.recognized(an_image("other.jpg"), a_recognition(a_label("Vexillum"))))
        assert holds("Vexillum")
        await index.delete(Deletion(bucket="images", key="other.jpg", deleted_at=NOON + timedelta(hours=1)))
        await index._tidying._tidied()
        assert not holds("Quartzman")
        assert not holds("quartzman")
        assert not holds("Vexillum")
        assert not holds("vexillum")
        assert holds("Zeppelin")
        assert await count(index) == 20
