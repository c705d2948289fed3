import botocore.session
import pytest

from onlooker.emulator.operations import Kind, kind_of


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("GetItem", Kind.READ),
        ("PutItem", Kind.ITEMS),
        ("TransactWriteItems", Kind.ITEMS),
        ("CreateTable", Kind.TABLE),
        ("UpdateTimeToLive", Kind.TABLE),
        ("SomethingNew", Kind.TABLE),
        ("ImportTable", Kind.REFUSED),
    ],
)
def test_operations_are_sorted_by_what_they_change(operation: str, kind: Kind) -> None:
    assert kind_of(operation) is kind


def test_nothing_that_amazon_names_a_change_is_taken_for_a_read() -> None:
    names = botocore.session.get_session().get_service_model("dynamodb").operation_names
    changes = [name for name in names if not name.startswith(("Get", "BatchGet", "Describe", "List", "Query", "Scan"))]
    assert [name for name in changes if kind_of(name) is Kind.READ] == ["TransactGetItems"]
    assert {"PutItem", "DeleteTable", "UntagResource"} <= set(changes)
