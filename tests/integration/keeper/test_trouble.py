"""One object that cannot be read or put back costs the others nothing; tables that are lost alone come back alone."""

from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from typing import Any

import aiohttp
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from structlog.testing import capture_logs

from consuming import Around
from kept import Kept, put_in_parts
from onlooker.keeper.copy import Copy, CopyError, KeptItem
from onlooker.keeper.marker import Marker, Marks
from onlooker.keeper.objects import ObjectError, Objects
from onlooker.keeper.restoring import Restorer
from onlooker.keeper.saving import Keeper, LostMeanwhileError
from onlooker.keeper.tables import Tables
from onlooker_shared.aws import Aws
from onlooker_shared.provision import provision
from onlooker_shared.settings import CommonSettings
from onlooker_shared.topology import Table

BAD = "bad.jpg"


def refusal(status: int) -> ClientError:
    answer: Any = {"Error": {"Code": "Broken"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetObject")


class BrokenOff:
    """A body whose connection ends in the middle."""

    async def iter_chunks(self, _: int) -> AsyncIterator[bytes]:
        yield b"fir"
        raise aiohttp.ClientPayloadError("Response payload is not completed")

    def close(self) -> None:
        pass


async def broken_off(s3: Any, **named: Any) -> Any:
    return {**await s3.get_object(**named), "Body": BrokenOff()}


async def cut(s3: Any, **named: Any) -> Any:
    return await s3.get_object(**named, Range="bytes=0-1")


def refused(status: int) -> Any:
    async def refuse(_: Any, **__: Any) -> Any:
        raise refusal(status)

    return refuse


def but_for(key: str, s3: Any, operation: str, misbehave: Any) -> Any:
    """The client, but that an operation misbehaves for one key."""

    async def call(**named: Any) -> Any:
        return await (misbehave(s3, **named) if named["Key"] == key else getattr(s3, operation)(**named))

    return Around(s3, **{operation: call})


@contextmanager
def opened(kept: Kept) -> Any:
    copy = Copy.open(kept.data)
    try:
        yield copy
    finally:
        copy.close()


async def keeper_of(kept: Kept, copy: Copy, **own: Any) -> Keeper:
    s3, dynamodb = await kept.aws.client("s3"), await kept.aws.client("dynamodb")
    usual = {
        "marker": Marker(kept.aws, kept.marker_name),
        "objects": Objects(s3, copy),
        "tables": Tables(dynamodb),
    }
    return Keeper(topology=kept.topology, copy=copy, **usual | own)


async def put(kept: Kept, *keys: str, body: bytes = b"first") -> None:
    s3 = await kept.aws.client("s3")
    for key in keys:
        await s3.put_object(Bucket=kept.topology.images.name, Key=key, Body=body)


async def one_pass(kept: Kept) -> None:
    async with kept.keeper() as rounds:
        await rounds.once()


@pytest.mark.parametrize("misbehave", [refused(500), cut, broken_off], ids=["refused", "cut off", "broken off"])
async def test_an_object_that_cannot_be_read_keeps_no_other_from_being_kept(kept: Kept, misbehave: Any) -> None:
    s3, images = await kept.aws.client("s3"), kept.topology.images.name
    await put(kept, BAD, "goes.jpg")
    await one_pass(kept)
    await put(kept, BAD, "new.jpg", body=b"second")
    await s3.delete_object(Bucket=images, Key="goes.jpg")
    with opened(kept) as copy:
        objects = Objects(but_for(BAD, s3, "get_object", misbehave), copy)
        with capture_logs() as logged:
            done = await (await keeper_of(kept, copy, objects=objects)).save()
        assert (done.kept, done.forgotten, done.unreadable) == (1, 1, 1)
        assert [(entry["event"], entry["key"]) for entry in logged] == [("keeper.object_unreadable", BAD)]
        bytes_of = {each.key: copy.path(each).read_bytes() for each in copy.objects(images)}
        assert bytes_of == {BAD: b"first", "new.jpg": b"second"}
        done = await (await keeper_of(kept, copy)).save()
        assert (done.kept, done.unreadable) == (1, 0)
        copy.remove_leftovers()
        assert sorted(path.read_bytes() for path in copy.files.iterdir()) == [b"second", b"second"]


async def test_what_is_neither_listed_nor_said_to_be_gone_is_kept(kept: Kept) -> None:
    class Blind(Objects):
        async def pages(self, bucket: str) -> AsyncIterator[Any]:
            yield []

    s3, images = await kept.aws.client("s3"), kept.topology.images.name
    await put(kept, BAD, "goes.jpg")
    await one_pass(kept)
    await s3.delete_object(Bucket=images, Key="goes.jpg")
    with opened(kept) as copy:
        objects = Blind(but_for(BAD, s3, "head_object", refused(403)), copy)
        done = await (await keeper_of(kept, copy, objects=objects)).save()
        assert (done.forgotten, done.unreadable) == (1, 1)
        assert [each.key for each in copy.objects(images)] == [BAD]


async def test_an_emulator_that_does_not_answer_is_no_fault_of_the_object(kept: Kept) -> None:
    class Away(Marker):
        async def read(self) -> Marks:
            raise EndpointConnectionError(endpoint_url="http://aws")

    await one_pass(kept)
    await put(kept, BAD)
    with opened(kept) as copy:
        objects = Objects(but_for(BAD, await kept.aws.client("s3"), "get_object", refused(500)), copy)
        keeper = await keeper_of(kept, copy, objects=objects, marker=Away(kept.aws, kept.marker_name))
        with capture_logs() as logged, pytest.raises(EndpointConnectionError):
            await keeper.save()
    assert logged == []


async def test_of_an_object_whose_parts_nobody_tells_all_is_kept(kept: Kept) -> None:
    async def of_unknown_parts(s3: Any, **named: Any) -> Any:
        answer = await s3.get_object(**named)
        answer.pop("PartsCount", None)
        return answer

    s3, images = await kept.aws.client("s3"), kept.topology.images.name
    await one_pass(kept)
    await put_in_parts(kept, BAD)
    async with (await s3.get_object(Bucket=images, Key=BAD))["Body"] as body:
        whole = await body.read()
    with opened(kept) as copy:
        objects = Objects(but_for(BAD, s3, "get_object", of_unknown_parts), copy)
        done = await (await keeper_of(kept, copy, objects=objects)).save()
        assert (done.kept, done.unreadable) == (1, 0)
        (kept_object,) = copy.objects(images)
        assert copy.path(kept_object).read_bytes() == whole


async def test_all_but_a_damaged_file_is_put_back_and_the_copy_keeps_what_is_left_of_it(kept: Kept) -> None:
    images = kept.topology.images.name
    await put(kept, "a.jpg", BAD, "c.jpg")
    await one_pass(kept)
    await kept.lose_everything()
    with opened(kept) as copy:
        file = next(copy.path(each) for each in copy.objects(images) if each.key == BAD)
    file.write_bytes(b"fi")
    async with kept.keeper() as rounds:
        with capture_logs() as logged:
            await rounds.restore()
        assert await kept.keys(images) == ["a.jpg", "c.jpg"]
        told = [entry for entry in logged if entry["log_level"] == "error"]
        assert [entry["event"] for entry in told] == ["keeper.object_not_put_back", "keeper.restored"]
        assert (told[0]["key"], told[0]["file"]) == (BAD, file.name)
        assert (told[1]["objects"], told[1]["not_put_back"]) == (2, 1)

        await provision(kept.aws, kept.topology)
        for _ in range(2):  # that it is not there does not mean that somebody deleted it
            await rounds.once()
        assert file.read_bytes() == b"fi"
        file.write_bytes(b"first")  # of a backup
        await kept.lose_everything()
        await rounds.once()
        assert await kept.keys(images) == ["a.jpg", BAD, "c.jpg"]
        await (await kept.aws.client("s3")).delete_object(Bucket=images, Key=BAD)
        await rounds.once()  # now it does
        assert not file.exists()


async def test_what_is_uploaded_in_place_of_what_could_not_be_put_back_is_kept(kept: Kept) -> None:
    await put(kept, "a.jpg", BAD, "c.jpg")
    await one_pass(kept)
    await kept.lose_everything()
    with opened(kept) as copy:
        next(copy.path(each) for each in copy.objects(kept.topology.images.name) if each.key == BAD).unlink()
    await one_pass(kept)
    await put(kept, BAD, body=b"again")
    await one_pass(kept)
    with opened(kept) as copy:
        assert [copy.fault_of(each) for each in copy.objects(kept.topology.images.name)] == [None] * 3


async def restorer_of(kept: Kept, copy: Copy, misbehave: Callable[[Any], Any]) -> Restorer:
    s3, dynamodb = await kept.aws.client("s3"), await kept.aws.client("dynamodb")
    objects, tables = Objects(misbehave(s3), copy), Tables(dynamodb)
    return Restorer(aws=kept.aws, topology=kept.topology, copy=copy, objects=objects, tables=tables)


async def test_an_object_that_s3_refuses_keeps_no_other_from_being_put_back(kept: Kept) -> None:
    await put(kept, "a.jpg", BAD, "c.jpg")
    await one_pass(kept)
    await kept.lose_everything()
    with opened(kept) as copy:
        restorer = await restorer_of(kept, copy, lambda s3: but_for(BAD, s3, "put_object", refused(400)))
        done = await restorer.restore()
    assert (done.objects, done.not_put_back) == (2, 1)
    assert await kept.keys(kept.topology.images.name) == ["a.jpg", "c.jpg"]


async def test_an_s3_that_refuses_nearly_everything_is_tried_again_as_a_whole(kept: Kept) -> None:
    await put(kept, "a.jpg", BAD, "c.jpg")
    await one_pass(kept)
    await kept.lose_everything()
    with opened(kept) as copy:
        restorer = await restorer_of(kept, copy, lambda s3: Around(s3, put_object=lambda **_: refused(507)(s3)))
        with pytest.raises(ObjectError, match="3 of 3"):
            await restorer.restore()
    await one_pass(kept)
    assert await kept.keys(kept.topology.images.name) == ["a.jpg", BAD, "c.jpg"]


async def test_tables_that_are_lost_alone_are_put_back_and_no_object_is_touched(kept: Kept) -> None:
    s3, dynamodb = await kept.aws.client("s3"), await kept.aws.client("dynamodb")
    named = {"Bucket": kept.topology.images.name, "Key": "a.jpg"}
    item = {"claim_id": {"S": "kept"}}
    await put(kept, "a.jpg")
    await dynamodb.put_item(TableName=kept.topology.claims.name, Item=item)
    async with kept.keeper() as rounds:
        await rounds.once()
        stored = (await s3.head_object(**named))["LastModified"]
        await kept.lose_tables()
        await provision(kept.aws, kept.topology)  # which makes them anew, with nothing in them
        await rounds.once()
        await rounds.sweep_if_due()
        assert (await dynamodb.scan(TableName=kept.topology.claims.name))["Items"] == [item]
        assert (await s3.head_object(**named))["LastModified"] == stored
        assert kept.services.swept == 1
        await dynamodb.delete_item(TableName=kept.topology.claims.name, Key=item)
        await rounds.once()
        await kept.lose_tables()
        await rounds.restore()
    assert (await dynamodb.scan(TableName=kept.topology.claims.name))["Items"] == []


async def test_tables_that_are_lost_during_a_pass_cost_the_copy_nothing(kept: Kept) -> None:
    class Forgetting(Tables):
        async def pages(self, table: Table) -> AsyncIterator[list[KeptItem]]:
            if table == kept.topology.tables[0]:
                await kept.lose_tables()
                await provision(kept.aws, kept.topology)
            async for page in super().pages(table):
                yield page

    dynamodb, claims = await kept.aws.client("dynamodb"), kept.topology.claims.name
    await dynamodb.put_item(TableName=claims, Item={"claim_id": {"S": "kept"}})
    await one_pass(kept)
    with opened(kept) as copy:
        keeper = await keeper_of(kept, copy, tables=Forgetting(dynamodb))
        with pytest.raises(LostMeanwhileError):
            await keeper.save()
        assert len(list(copy.items(claims))) == 1


async def test_a_copy_without_its_files_still_gives_the_items_back_to_tables_that_were_lost_alone(kept: Kept) -> None:
    dynamodb, claims = await kept.aws.client("dynamodb"), kept.topology.claims.name
    await put(kept, "a.jpg")
    await dynamodb.put_item(TableName=claims, Item={"claim_id": {"S": "kept"}})
    async with kept.keeper() as rounds:
        await rounds.once()
        for path in (kept.data / "objects").iterdir():
            path.unlink()
        await kept.lose_tables()
        await rounds.once()
        assert (await dynamodb.scan(TableName=claims))["Count"] == 1
        await kept.lose_everything()
        with pytest.raises(CopyError, match="1 of 1 files"):
            await rounds.once()


async def test_the_marker_is_in_the_region_of_all_the_rest(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    async with Aws(CommonSettings()) as aws:
        marker = Marker(aws, kept.marker_name)
        await marker.write("ours")
        assert await marker.read() == Marks("ours", "ours")
        s3 = await aws.client("s3")
        assert (await s3.get_bucket_location(Bucket=kept.marker_name))["LocationConstraint"] == "eu-central-1"
