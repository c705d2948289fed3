import asyncio
import logging
from pathlib import Path

import pytest

from onlooker.emulator.commit import VERSION_LINE, Write
from onlooker.emulator.journal import Journal, JournalDamagedError, JournalFailedError, Rewrite, recover


def write(number: int) -> Write:
    return Write("PutItem", "000000000000", "us-east-1", b'{"number": %d}' % number)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal"
    with Rewrite(path) as new:
        new.adopt()
    return path


async def append(path: Path, *numbers: int) -> None:
    journal = Journal(path)
    await asyncio.gather(*[journal.append(write(number)) for number in numbers])
    await journal.close()


def numbers(path: Path) -> list[int]:
    return [int(entry.body.split()[1][:-1]) for commit in recover(path) for entry in commit]


async def test_writes_that_wait_together_share_a_commit_and_keep_their_order(path: Path) -> None:
    await append(path, *range(500))
    assert [len(commit) for commit in recover(path)] == [500]
    assert numbers(path) == list(range(500))


async def test_a_write_waits_for_no_later_one(path: Path) -> None:
    journal = Journal(path)
    await journal.append(write(1))
    assert numbers(path) == [1]
    second = journal.append(write(2))
    await journal.settled()
    assert second.done()
    await journal.close()


async def test_a_journal_is_continued_where_it_ended(path: Path) -> None:
    await append(path, 1)
    await append(path, 2)
    assert numbers(path) == [1, 2]


@pytest.mark.parametrize("keep", [0, 5, -1])
async def test_only_the_last_line_may_be_cut_off(path: Path, keep: int, caplog: pytest.LogCaptureFixture) -> None:
    await append(path, 1)
    whole = path.read_bytes()
    await append(path, 2)
    last = path.read_bytes()[len(whole) :]
    path.write_bytes(whole + last[:keep])
    with caplog.at_level(logging.WARNING):
        assert numbers(path) == [1]
    assert path.read_bytes() == whole
    assert ("cut off in writing" in caplog.text) is bool(keep)


async def test_damage_before_the_last_line_is_told_with_its_place(path: Path) -> None:
    await append(path, 1)
    await append(path, 2)
    damaged = path.read_bytes().replace(b'"number": 1', b'"number": 7')
    path.write_bytes(damaged)
    with pytest.raises(JournalDamagedError, match=rf"line 2, byte {len(VERSION_LINE)}.*backup"):
        numbers(path)
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("content", [b"", b"something else\n", VERSION_LINE.replace(b"1", b"2")])
def test_another_versions_file_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(JournalDamagedError, match="no journal that this version can read"):
        numbers(path)
    assert path.read_bytes() == content


async def test_a_rewrite_takes_effect_only_when_it_is_adopted(path: Path) -> None:
    await append(path, 1, 2)
    with Rewrite(path) as dropped:
        dropped.add([write(3)])
    assert numbers(path) == [1, 2]
    with Rewrite(path) as adopted:
        adopted.add([write(3)])
        adopted.adopt()
    assert numbers(path) == [3]
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


async def test_a_full_disk_fails_this_write_and_all_that_follow() -> None:
    journal = Journal(Path("/dev/full"))
    waiting = [journal.append(write(1)), journal.append(write(2))]
    for durable in waiting:
        with pytest.raises(JournalFailedError, match="No space left on device"):
            await durable
    with pytest.raises(JournalFailedError):
        await journal.append(write(3))
    with pytest.raises(JournalFailedError):
        await journal.settled()
    await journal.close()
