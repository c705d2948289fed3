"""JSON, unless XML is what the caller likes better."""

import pytest

from onlooker_ingest.negotiation import wants_xml


@pytest.mark.parametrize(
    ("accept", "xml"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/xml", True),
        ("text/xml", True),
        ("Application/XML; charset=utf-8", True),
        ("application/xml, application/json", False),
        ("application/xml;q=0.9, application/json;q=0.8", True),
        ("application/xml;q=0.8, application/json;q=0.9", False),
        ("application/xml, */*;q=0.1", True),
        ("application/xml;q=0", False),
        ("application/*", False),
        ("image/jpeg", False),
        ("application/xml;q=often", False),
    ],
)
def test_accept(accept: str | None, xml: bool) -> None:
    assert wants_xml(accept) is xml
