"""The page of costs: what was counted, month by month; and how the present one stands, on the page System."""

import pytest

from console_site import Site
from onlooker_recognizer.costs.ledger import Ledger
from onlooker_recognizer.costs.pricing import Counted
from onlooker_shared.keys import Scope

MONTH = "2025-03"


async def test_a_month_is_shown_by_operation_bucket_and_day(site: Site) -> None:
    dynamodb = await site.installation.aws.client("dynamodb")
    ledger = Ledger(dynamodb, site.installation.topology.costs.name)
    await ledger.add(
        [Counted(f"{MONTH}-07", "<b>doors", "DetectFaces", 2000), Counted(f"{MONTH}-08", "", "SearchUsers", 7)]
    )
    async with site.signed_in() as somebody:
        shown = (await somebody.get("/console/system/costs", params={"month": MONTH})).text
    for words in (
        "March 2025",
        "2\u202f007",
        "DetectFaces",
        "&lt;b&gt;doors",
        "no stored picture",
        "Friday, 7 March 2025",
    ):
        assert words in shown
    assert f'value="{MONTH}"' in shown


async def test_where_nothing_was_asked_it_says_so(site: Site) -> None:
    async with site.signed_in() as somebody:
        shown = await somebody.get("/console/system/costs", params={"month": "2024-01"})
        now = await somebody.get("/console/system/costs/now")
    assert "Nothing was asked" in shown.text
    assert "this month" in now.text


@pytest.mark.parametrize("month", ["2025-13", "x", ""])
async def test_what_is_no_month_is_said_in_words(site: Site, month: str) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get("/console/system/costs", params={"month": month})
    assert answer.status_code == 422
    assert "a month such as 2026-11" in answer.text


async def test_a_key_of_one_bucket_is_told_that_the_bill_is_for_all(site: Site) -> None:
    key = await site.keys.create(owner="bound", scopes=[Scope.RECOGNITIONS_READ], bucket="doors")
    async with site.signed_in(key) as somebody:
        pages = [await somebody.get(f"/console/system/costs{path}") for path in ("", "/now")]
    for page in pages:
        assert "Costs are told of all buckets together" in page.text
