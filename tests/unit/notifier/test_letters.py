from html.parser import HTMLParser

import pytest

from onlooker_notifier import letters, notices, wording
from onlooker_notifier.channels.senders.sns import sns_subject
from onlooker_notifier.notices import Notice
from onlooker_shared.recognition import Face, Label
from recognitions import a_face, a_label, a_recognition, an_image


def seen(*found: Face | Label, key: str = "cat.jpg") -> Notice:
    return notices.recognized(an_image(key), a_recognition(*found))


def write(*some: Notice, picture_url: str | None = None) -> letters.Letter:
    return letters.write(some, rule_name="A picture was recognized", picture_url=picture_url)


@pytest.mark.parametrize(
    ("pictures", "subject"),
    [
        ([seen()], "A picture was recognized"),
        ([seen(a_face("HAPPY"), a_label("Cat"))], "A picture was recognized: 1 face, Happy; Cat"),
        ([seen(a_face("SAD", name="Ann")), seen()], "2 pictures recognized: 1 face, Sad; Ann"),
        ([seen(a_face("HAPPY"), a_face("HAPPY"))], "A picture was recognized: 2 faces, all Happy"),
        (
            [
                seen(a_face("HAPPY"), a_face("HAPPY"), a_face("SAD"), a_label("Cat")),
                seen(a_label("Cup"), a_label("Cat")),
            ],
            "2 pictures recognized: 3 faces, mostly Happy; Cat, Cup",
        ),
        ([seen(a_face("HAPPY"), a_face("SAD"))], "A picture was recognized: 2 faces"),
        ([seen(a_face(None))], "A picture was recognized: 1 face"),
        ([seen(), notices.failed(an_image(), "empty")], "1 picture recognized, 1 failed"),
        ([notices.failed(an_image(), "empty")] * 2, "2 pictures could not be recognized"),
    ],
)
def test_says_in_the_subject_what_was_seen(pictures: list[Notice], subject: str) -> None:
    assert write(*pictures).subject == subject


def test_a_subject_stays_one_short_line_whatever_labels_say() -> None:
    subject = wording.subject([seen(a_label("Evil\r\nBcc: eve@example.com"), a_label("x" * 500))])

    assert "\n" not in subject
    assert "\r" not in subject
    assert len(subject) <= wording.LONGEST


def test_lists_each_picture_with_its_link_in_text_and_html() -> None:
    one, two = seen(a_label("Cat"), key="a/1.jpg"), seen(a_face("CALM"), key="b/2.jpg")

    letter = write(one, two, picture_url="http://127.0.0.1:8080/pictures/{image_id}")

    for notice, found in ((one, "Cat"), (two, "1 face, Calm")):
        link = f"http://127.0.0.1:8080/pictures/{notice.image_id}"
        assert f"images/{notice.key}\n    {found}\n    {link}\n" in letter.text
        assert f'href="{link}">images/{notice.key}</a></td>' in letter.html
        assert f">{found}</td>" in letter.html
    assert "2026-11-20 12:00:00" in letter.text


def test_says_why_a_picture_failed() -> None:
    letter = write(notices.failed(an_image("broken.jpg"), "It is empty."))

    assert "Failed: It is empty." in letter.text
    assert "Failed: It is empty." in letter.html


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_shows_foreign_text_as_text() -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=y>'
    letter = write(
        seen(a_label(f"{evil}\u202e"), a_face(name=evil), key=f"{evil}\u202egpj.exe\n"),
        notices.failed(an_image(evil), evil),
        picture_url="https://example.com/{image_id}",
    )

    tags = Tags()
    tags.feed(letter.html)
    assert tags.open == []
    assert not tags.names & {"script", "img"}
    assert "&lt;script&gt;" in letter.html
    assert "\u202e" not in letter.html + letter.text + letter.subject


def test_keeps_what_words_are_spelled_with() -> None:
    letter = write(seen(key="Screenshot 10.00\u202fAM می\u200cروم 👩\u200d🚀.png"))

    assert "Screenshot 10.00 AM می\u200cروم 👩\u200d🚀.png" in letter.text


def test_a_message_and_its_record_stay_within_the_limits_of_sns_and_dynamodb() -> None:
    names = ["\N{GRINNING FACE}" * 256 + str(n) for n in range(letters.MOST_ROWS)]  # 1,024 bytes and more
    pictures = [seen(*(a_face(name=name * 10) for _ in range(3)), a_label(name * 10), key=name) for name in names]

    letter = write(*pictures, picture_url="https://onlooker.example.com/pictures/{image_id}")

    assert len(letter.text.encode()) < 256 * 1024
    image_ids = 2000 * 35  # as JSON, for the most pictures that one message may have
    assert len(letter.text.encode()) + image_ids < 400_000


def test_lists_a_hundred_and_counts_the_rest() -> None:
    letter = write(*[seen(key=f"{n}.jpg") for n in range(500)])

    assert letter.subject == "500 pictures recognized"
    assert letter.html.count("<tr>") == 101
    assert "And 400 more." in letter.text
    assert "And 400 more." in letter.html
    assert len(letter.html) < 102_000  # where Gmail cuts mails off


def test_sns_takes_only_short_ascii_subjects() -> None:
    assert sns_subject("Zoë was seen") == "Zo? was seen"
    assert len(sns_subject("x" * 200)) == 99
