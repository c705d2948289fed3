"""How many sightings a person has, the first and the last: kept in the person's record, changed with the items.

Each change is a relative one on a condition, so that pictures of one person that come at once, in the order of time,
seldom have to try again. Only where the first or last sighting goes must nobody else have changed anything since it
was looked what the next one is: `tally` counts the changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

    from onlooker_recognizer.people.registry.items import Item


@dataclass(frozen=True, slots=True)
class Tally:
    """What a person's record says of their sightings. Times are text that sorts as they do."""

    person_id: str
    sightings: int
    first: str | None
    last: str | None
    changes: int
    merged: bool
    """Whether they are another person now, and get no more."""

    def loses_an_end(self, removed: Sequence[str]) -> bool:
        """Whether the first or last sighting may be among those, by their times.

        While a merged person's sightings go to another, one by one, nobody asks for the ends: until the last one goes.
        """
        if self.merged and len(removed) < self.sightings:
            return False
        return bool(removed) and (self.first is None or self.last is None or not self._within(removed))

    def _within(self, removed: Sequence[str]) -> bool:
        return str(self.first) < min(removed) and max(removed) < str(self.last)


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and the last sighting that stay."""

    first: str | None
    last: str | None


def tally_of(item: "Item") -> Tally:
    """Return the tally in a person's item."""
    first, last = item.get("first_seen"), item.get("last_seen")
    return Tally(
        person_id=item["person_id"]["S"],
        sightings=int(item["sightings"]["N"]),
        first=None if first is None else first["S"],
        last=None if last is None else last["S"],
        changes=int(item.get("tally", {}).get("N", "0")),
        merged="merged_into" in item,
    )


def count(
    table: str, tally: Tally, added: Sequence[str], removed: Sequence[str], ends: Ends | None
) -> "TransactWriteItemTypeDef":
    """Return the action that counts sightings that come and go in the same transaction.

    Args:
        table: the table of people.
        tally: what was read of the person before.
        added: the times of sightings that come.
        removed: the times of sightings that go.
        ends: what stays, looked for after the tally was read; None where no end goes.
    """
    values: Item = {":more": {"N": str(len(added) - len(removed))}, ":one": {"N": "1"}}
    update = _Update([], [], ["attribute_exists(person_id)"], values)
    if added:
        update.conditions.append("attribute_not_exists(merged_into)")
    if ends is not None:
        update.only_if_unchanged_since(tally)
        update.put("first_seen", min(_known(ends.first, added), default=None))
        update.put("last_seen", max(_known(ends.last, added), default=None))
    elif tally.merged:
        update.conditions.append("sightings > :gone")
        update.values[":gone"] = {"N": str(len(removed))}
    else:
        update.reach("first_seen", tally.first, min(_known(tally.first, added)), further="<=", nearer=">=")
        update.reach("last_seen", tally.last, max(_known(tally.last, added)), further=">=", nearer="<=")
    return {
        "Update": {
            "TableName": table,
            "Key": {"person_id": {"S": tally.person_id}},
            "UpdateExpression": update.expression,
            "ConditionExpression": " AND ".join(update.conditions),
            "ExpressionAttributeValues": update.values,
        }
    }


@dataclass(frozen=True, slots=True)
class _Update:
    """An update of a person's item, as it is put together."""

    sets: list[str]
    removes: list[str]
    conditions: list[str]
    values: "Item"

    @property
    def expression(self) -> str:
        sets = [f"SET {', '.join(self.sets)}"] if self.sets else []
        removes = [f"REMOVE {', '.join(self.removes)}"] if self.removes else []
        return " ".join([*sets, *removes, "ADD sightings :more, tally :one"])

    def only_if_unchanged_since(self, tally: Tally) -> None:
        if tally.changes:
            self.conditions.append("tally = :tally")
            self.values[":tally"] = {"N": str(tally.changes)}
        else:
            self.conditions.append("attribute_not_exists(tally)")

    def put(self, name: str, end: str | None) -> None:
        """Make one end what it is."""
        if end is None:
            self.removes.append(name)
        else:
            self.sets.append(f"{name} = :{name}")
            self.values[f":{name}"] = {"S": end}

    def reach(self, name: str, known: str | None, end: str, *, further: str, nearer: str) -> None:
        """Make one end reach as far as this, if it still does not; or leave it, if it still does."""
        self.values[f":{name}"] = {"S": end}
        if end == known:
            self.conditions.append(f"{name} {further} :{name}")
        else:
            self.sets.append(f"{name} = :{name}")
            self.conditions.append(f"(attribute_not_exists({name}) OR {name} {nearer} :{name})")


def _known(end: str | None, added: Sequence[str]) -> list[str]:
    return [*added] if end is None else [end, *added]
