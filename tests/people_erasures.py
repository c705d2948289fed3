"""Erasures as tests ask for them, and what is left then in the tables and results of a past."""

import json
from typing import Any

import httpx

from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_shared.objects import list_objects
from onlooker_shared.topology import Table
from people_past import Past
from recognizer_stage import until


async def receipt(client: httpx.AsyncClient, erasure_id: str, state: str = "proved") -> dict[str, Any]:
    async def told() -> dict[str, Any] | None:
        found: dict[str, Any] = (await client.get(f"/people/erasures/{erasure_id}")).json()
        return found if found.get("state") == state else None

    return await until(told)


async def erased(client: httpx.AsyncClient, person: PersonRecord) -> dict[str, Any]:
    """Have somebody erased; return the receipt once that is proved."""
    answer = await client.delete(f"/people/{person.person_id}")
    assert answer.status_code == 202, answer.text
    return await receipt(client, person.person_id)


async def items(past: Past, table: Table) -> list[dict[str, Any]]:
    dynamodb = await past.stage.aws.client("dynamodb")
    found: list[dict[str, Any]] = (await dynamodb.scan(TableName=table.name, ConsistentRead=True))["Items"]
    return found


async def told_of(past: Past, *traces: str) -> list[str]:
    """Where in tables and results one of some texts is still, but in tombstones, what is owed, and the log."""
    names, s3 = past.stage.names, await past.stage.aws.client("s3")
    found = []
    for table in {*names.tables} - {names.people_audit}:
        for item in await items(past, table):
            text = json.dumps(item, default=str)
            if any(each in text for each in traces) and '"S": "erase' not in text:
                found.append(f"{table.name}: {text}")
    async for entry in list_objects(s3, past.results.bucket, "results/"):
        stored = await (await s3.get_object(Bucket=past.results.bucket, Key=entry["Key"]))["Body"].read()
        if any(each.encode() in stored for each in traces):
            found.append(entry["Key"])
    return found
