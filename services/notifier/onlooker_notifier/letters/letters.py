"""A digest as a message that people read: subject, text, and HTML in which everything foreign is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from onlooker_notifier.notices import Notice
from onlooker_notifier.templates.rendering import NONE, OwnWords
from onlooker_notifier.wording import wording
from onlooker_notifier.wording.local_time import LocalTime
from onlooker_notifier.wording.wording import printable, shortened

MOST_ROWS = 100
"""Pictures that a message lists; mail programs cut longer ones off (Gmail at 102 kB)."""
LONGEST = 200
"""Characters of a picture's name and of what was found in it: so bounded, a message fits into SNS's 256 KB, and its
record into DynamoDB's 400 KB. Keys alone may have 1,024 bytes."""
CAUTION = "Emotions are what faces look like, not what people feel."
STYLE = {
    "body": "margin:0;padding:16px;background:#f4f5f7;color:#1c1e21;"
    "font-family:system-ui,-apple-system,Segoe UI,Roboto,Arial,sans-serif",
    "card": "max-width:720px;margin:0 auto;background:#ffffff;border-radius:8px;padding:20px",
    "title": "margin:0 0 16px;font-size:20px;line-height:1.3",
    "said": "margin:0 0 16px;font-size:15px;line-height:1.5;white-space:pre-line;overflow-wrap:anywhere",
    "table": "width:100%;border-collapse:collapse;font-size:15px;line-height:1.4",
    "cell": "padding:10px 0;border-top:1px solid #e6e8eb;overflow-wrap:anywhere",
    "note": "font-size:13px;color:#5a6069",
    "link": "color:#0b57d0",
    "button": "display:inline-block;margin:0 8px 8px 0;padding:8px 12px;border:1px solid #d0d4da;border-radius:6px;"
    "font-size:14px;color:#0b57d0;text-decoration:none",
    "foot": "margin:16px 0 0;font-size:12px;color:#5a6069",
}
"""Inline, because mail programs drop style sheets."""
LIST = f'<table role="presentation" style="{STYLE["table"]}">'
"""Begins the list of pictures: one below the other, for columns have no room on phones."""
END = "</div></body></html>"
"""After everything; what is foreign is escaped, so it is there once."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent."""

    subject: str
    text: str
    html: str

    def remarked(self, remark: str) -> "Letter":
        """Return a letter that says something besides, below its text and title; the same one if there is nothing."""
        if not remark:
            return self
        said = f'</h1><p style="{STYLE["foot"]}">{escape(remark)}</p>'
        return Letter(self.subject, f"{self.text.rstrip()}\n\n{remark}\n", self.html.replace("</h1>", said, 1))


@dataclass(frozen=True, slots=True)
class Row:
    """A picture in the list; nothing of it breaks a line."""

    name: str
    found: str
    when: str
    link: str
    """Empty for none."""


def write(
    notices: Sequence[Notice],
    *,
    rule_name: str,
    picture_url: str | None,
    local: LocalTime,
    own: OwnWords = NONE,
) -> Letter:
    """Return the message about some pictures.

    Args:
        notices: the pictures, in the order in which they are listed; at least one.
        rule_name: of the rule by which they are told.
        picture_url: what to link to, with `{image_id}` for the id; None for no links.
        local: the readers' time.
        own: what the rule says in its own words. Its text stands in place of the list of pictures, in HTML above it.
    """
    subject = own.subject or wording.subject(notices, local)
    listed, left_out = notices[:MOST_ROWS], max(0, len(notices) - MOST_ROWS)
    more = f"And {left_out} more." if left_out else ""
    foot = f"Told by the rule “{printable(rule_name)}”. Times are {local.name}. {CAUTION}"
    rows = [_row(notice, picture_url, local) for notice in listed]
    text = _text(subject, rows, more, foot) if own.body is None else f"{own.body}\n\n{foot}\n"
    return Letter(subject, text, _html(subject, own.body, rows, more, foot))


def _text(subject: str, rows: Sequence[Row], more: str, foot: str) -> str:
    lines = [subject, ""]
    for row in rows:
        lines.append(f"{row.when}  {row.name}")
        lines += [f"    {line}" for line in (row.found, row.link) if line]
    return "\n".join([*lines, *([more] if more else []), "", foot, ""])


def _html(subject: str, body: str | None, rows: Sequence[Row], more: str, foot: str) -> str:
    said = "" if body is None else f'<p style="{STYLE["said"]}">{escape(body)}</p>'
    listed = "".join(map(_html_row, rows))
    rest = f"<p>{escape(more)}</p>" if more else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(subject)}</title></head>'
        f'<body style="{STYLE["body"]}"><div style="{STYLE["card"]}">'
        f'<h1 style="{STYLE["title"]}">{escape(subject)}</h1>{said}'
        f"{LIST}{listed}</table>{rest}"
        f'<p style="{STYLE["foot"]}">{escape(foot)}</p>{END}'
    )


def _html_row(row: Row) -> str:
    name = escape(row.name)
    if row.link:
        name = f'<a style="{STYLE["link"]}" href="{escape(row.link)}">{name}</a>'
    found = escape(row.found or "nothing")
    where = f'<div style="{STYLE["note"]}">{row.when} · {name}</div>'
    return f'<tr><td style="{STYLE["cell"]}">{found}{where}</td></tr>'


def name_of(notice: Notice) -> str:
    """Return what a picture is called, in one line."""
    if not notice.pictured:
        return wording.WATCHED[notice.event]
    return shortened(printable(f"{notice.bucket}/{notice.key}"), LONGEST)


def _row(notice: Notice, picture_url: str | None, local: LocalTime) -> Row:
    reason = f"Failed: {notice.reason}" if notice.event == "failed" else notice.reason
    found = reason or wording.found_in(notice)
    return Row(
        name=name_of(notice),
        found=shortened(printable(found), LONGEST),
        when=local.stamp(notice.uploaded_at),
        link=picture_url.replace("{image_id}", quote(notice.image_id)) if picture_url and notice.pictured else "",
    )
