"""DynamoDB's operations, sorted by what the journal must do about them."""

from enum import Enum

TARGET_PREFIX = "DynamoDB_20120810."


class Kind(Enum):
    """What an operation does to data."""

    READ = "read"
    ITEMS = "items"  # writes items: superseded by a snapshot of the items
    TABLE = "table"  # creates, changes or deletes a table: a snapshot keeps it as it was asked for
    REFUSED = "refused"  # changes data later, in the background, where no journal can follow


_READS = frozenset({
    "BatchGetItem", "DescribeBackup", "DescribeContinuousBackups", "DescribeContributorInsights", "DescribeEndpoints",
    "DescribeExport", "DescribeImport", "DescribeKinesisStreamingDestination", "DescribeLimits", "DescribeTable",
    "DescribeTimeToLive", "GetItem", "GetResourcePolicy", "ListBackups", "ListContributorInsights", "ListExports",
    "ListImports", "ListTables", "ListTagsOfResource", "Query", "Scan", "SearchVectors", "TransactGetItems",
})  # fmt: skip
_ITEMS = frozenset({
    "BatchExecuteStatement", "BatchWriteItem", "DeleteItem", "ExecuteStatement", "ExecuteTransaction", "PutItem",
    "TransactWriteItems", "UpdateItem",
})  # fmt: skip
_REFUSED = frozenset({
    "CreateBackup", "DeleteBackup", "ExportTableToPointInTime", "ImportTable", "RestoreTableFromBackup",
    "RestoreTableToPointInTime",
})  # fmt: skip


def kind_of(operation: str) -> Kind:
    """Return an operation's kind. What is not known is taken for a change of a table: journalled, and kept."""
    if operation in _READS:
        return Kind.READ
    if operation in _ITEMS:
        return Kind.ITEMS
    return Kind.REFUSED if operation in _REFUSED else Kind.TABLE
