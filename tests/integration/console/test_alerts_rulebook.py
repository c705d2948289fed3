"""All rules as a file: downloaded, and taken from one after it was said what changes."""

import html
import re

import httpx

from console_site import Site
from onlooker_shared.keys import Scope

PATH = "/console/alerts/rulebook"
ADDED = """
- rule_id: from-a-file
  name: From <b>a</b> file
  when: {faces: {at_least: 2}}
  channels: [{type: email, to: a@example.com}]
"""


async def sent(somebody: httpx.AsyncClient, document: str) -> httpx.Response:
    return await somebody.post(PATH, files={"file": ("rules.yaml", document.encode(), "application/yaml")})


def confirmed(shown: str) -> dict[str, str]:
    """Return what the form sends that says that somebody is sure."""
    document = re.search(r'<textarea name="document" hidden>\n(.*?)</textarea>', shown, re.DOTALL)
    etag = re.search(r'name="etag" value="([^"]+)"', shown)
    assert document is not None
    assert etag is not None
    return {"document": html.unescape(document[1]).replace("\n", "\r\n"), "etag": html.unescape(etag[1])}


async def test_rules_go_into_a_file_and_come_from_one_after_a_look_at_what_changes(site: Site) -> None:
    async with site.signed_in() as somebody:
        file = await somebody.get("/console/alerts/rules.yaml")
        assert file.headers["Content-Disposition"] == 'attachment; filename="rules.yaml"'
        same = (await sent(somebody, file.text)).text
        assert "the rules are so already" in same

        more = (await sent(somebody, file.text + ADDED)).text
        assert "<bdi>from-a-file</bdi> is new." in more
        assert "from-a-file" not in (await somebody.get("/console/alerts/rules.yaml")).text, "it only says so"
        imported = await somebody.post(PATH, data=confirmed(more))
        assert (imported.status_code, imported.headers["location"]) == (303, "/console/alerts/rules")
        assert "From &lt;b&gt;a&lt;/b&gt; file" in (await somebody.get(PATH)).text
        stale = await somebody.post(PATH, data=confirmed(more))
        assert (stale.status_code, "Somebody changed the rules since" in stale.text) == (412, True)

        fewer = (await sent(somebody, file.text)).text
        assert "<bdi>From &lt;b&gt;a&lt;/b&gt; file</bdi> is deleted." in fewer
        assert "Import, and delete 1" in fewer
        assert (await somebody.post(PATH, data=confirmed(fewer))).status_code == 303
        assert (await somebody.get("/console/alerts/rules.yaml")).text == file.text


async def test_what_is_no_book_of_rules_is_said_with_its_place(site: Site) -> None:
    async with site.signed_in() as somebody:
        odd = await sent(somebody, "rules:\n- rule_id: a\n  name: b\n  when: {faces: {at_least: 3, at_most: 1}}\n")
        broken = await sent(somebody, "rules: [")
        binary = await somebody.post(PATH, files={"file": ("x", b"\xff\xfe\x00", "application/yaml")})
        large = await sent(somebody, "#" * 1_000_001)
        nothing = await somebody.post(PATH, data={})
    assert odd.status_code == 422
    assert "Rule 1, when" in odd.text
    assert "This is no YAML" in broken.text
    assert [each.status_code for each in (broken, binary, large, nothing)] == [422, 400, 413, 400]
    assert "no text in UTF-8" in binary.text


async def test_who_may_not_change_rules_only_sees_and_downloads_them(site: Site) -> None:
    key = await site.keys.create(owner="reader", scopes=[Scope.ALERTS_READ])
    async with site.signed_in(key) as somebody:
        shown, denied = await somebody.get(PATH), await sent(somebody, "rules: []")
    assert (shown.status_code, denied.status_code) == (200, 403)
    assert "picture-recognized" in shown.text
    assert "From a file" not in shown.text
