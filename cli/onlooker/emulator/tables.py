"""What a snapshot must keep of the tables' own history: the requests that made each table what it is."""

import json
from collections.abc import Iterator

from onlooker.emulator.commit import Write
from onlooker.emulator.inprocess import Account
from onlooker.emulator.operations import Kind, kind_of


class TableHistory:
    """Collects the writes that create and change tables, and forgets those of tables that were deleted."""

    def __init__(self) -> None:
        self._writes: dict[tuple[Account, str], list[Write]] = {}

    def add(self, write: Write) -> None:
        """Take note of a write; writes of items are none of its business."""
        if kind_of(write.operation) is not Kind.TABLE:
            return
        table = (Account(write.account, write.region), _table_name(write))
        if write.operation == "DeleteTable":
            self._writes.pop(table, None)
            return
        history = self._writes.setdefault(table, [])
        if not history or history[-1] != write:  # provisioning asks for the same at each start
            history.append(write)

    def __iter__(self) -> Iterator[tuple[Account, str, list[Write]]]:
        """Yield each table there is now: its account, its name, its requests in order."""
        for (account, name), writes in self._writes.items():
            yield account, name, writes


def _table_name(write: Write) -> str:
    parameters = json.loads(write.body)
    named = str(parameters.get("TableName") or parameters.get("ResourceArn") or "")
    return named.partition(":table/")[2].partition("/")[0] if named.startswith("arn:") else named
