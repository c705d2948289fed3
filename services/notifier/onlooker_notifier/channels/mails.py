"""A letter as a mail: text and HTML of the same, and the picture in it."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from html import escape
from typing import NamedTuple

from onlooker_notifier.channels.message import Link, Message
from onlooker_notifier.letters.letters import END, LIST, STYLE, Letter


class Picture(NamedTuple):
    """A JPEG to be shown in a mail."""

    jpeg: bytes
    name: str


def mail(message: Message, *, sender: str, to: tuple[str, ...], picture: Picture | None = None) -> EmailMessage:
    """Return a message as a mail.

    Args:
        message: what is told.
        sender: an address.
        to: addresses.
        picture: shown above the list, by its content id: no server is asked when the mail is read.
    """
    letter = linked(message.letter, message.links)
    made = EmailMessage(policy=SMTP)
    made["Subject"] = letter.subject
    made["From"] = sender
    made["To"] = ", ".join(to)
    made["Date"] = format_datetime(message.told_at)
    made["Message-ID"] = f"<{message.delivery_id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notice answers it
    made.set_content(letter.text, cte="base64")  # lines may be longer than the 998 bytes that SMTP takes
    content_id = make_msgid(domain="onlooker")
    shown = "" if picture is None else _image(content_id[1:-1], picture.name)
    made.add_alternative(letter.html.replace(LIST, f"{shown}{LIST}", 1), subtype="html", cte="base64")
    if picture is not None:
        *_, html = made.iter_parts()
        html.add_related(picture.jpeg, "image", "jpeg", cid=content_id, disposition="inline", filename="picture.jpg")
    return made


def linked(letter: Letter, links: Sequence[Link]) -> Letter:
    """Return a letter with links below it; the same one if there are none."""
    if not links:
        return letter
    text = "".join(f"{link.label}: {link.url}\n" for link in links)
    shown = " ".join(
        f'<a style="{STYLE["button"]}" href="{escape(link.url)}">{escape(link.label)}</a>' for link in links
    )
    html = letter.html.replace(END, f'<p style="{STYLE["foot"]}">{shown}</p>{END}')
    return Letter(letter.subject, f"{letter.text.rstrip()}\n\n{text}", html)


def _image(content_id: str, name: str) -> str:
    return (
        f'<p><img src="cid:{content_id}" alt="{escape(name)}" style="max-width:100%;height:auto;border-radius:6px"></p>'
    )
