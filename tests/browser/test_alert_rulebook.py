"""Rules leave as a file and come from one; a rule is silent for a while, by a button."""

from pathlib import Path

from playwright.async_api import FilePayload, Page, expect

from accessibility import grave_barriers

NAME = "From a file"
ADDED = f"""
- rule_id: from-a-file
  name: {NAME}
  when: {{faces: {{at_least: 50}}}}
  channels: [{{type: email, to: a@example.com}}]
"""


async def look_at(page: Page, document: str) -> None:
    """Choose a file with rules, and have the page say what would change."""
    await page.goto("/console/alerts/rulebook")
    file = FilePayload(name="rules.yaml", mimeType="application/yaml", buffer=document.encode())
    await page.get_by_label("A file with rules").set_input_files(file)
    await page.get_by_role("button", name="See what would change").click()
    await expect(page.get_by_role("heading", name="What would change")).to_be_visible()


async def test_rules_leave_as_a_file_come_from_one_and_are_muted(page: Page, tmp_path: Path) -> None:
    await page.goto("/console/alerts/rulebook")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download").click()
    await (await download.value).save_as(tmp_path / "rules.yaml")
    before = (tmp_path / "rules.yaml").read_text()

    await look_at(page, before + ADDED)
    await expect(page.locator("#plan")).to_contain_text("from-a-file is new.")
    assert await grave_barriers(page) == []
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page.get_by_text("Rules: 1 created.")).to_be_visible()

    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=NAME))
    await card.get_by_role("button", name=f"Mute {NAME}").click()
    await page.get_by_role("button", name="An hour").locator("visible=true").click()
    await expect(page.get_by_text(f"The rule {NAME} is muted.")).to_be_visible()
    await expect(card).to_contain_text("Muted")
    await card.get_by_role("button", name=f"Unmute {NAME}").click()
    await expect(page.get_by_text(f"The rule {NAME} tells again.")).to_be_visible()
    await expect(card.get_by_role("button", name=f"Mute {NAME}")).to_be_visible()

    await look_at(page, before)
    await page.get_by_role("button", name="Import, and delete 1").click()
    await expect(card).to_have_count(0)
