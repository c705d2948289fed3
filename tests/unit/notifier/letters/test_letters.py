from datetime import datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from onlooker_notifier import notices
from onlooker_notifier.channels.senders.sns import sns_subject
from onlooker_notifier.letters import letters
from onlooker_notifier.notices import Notice
from onlooker_notifier.wording import wording
from onlooker_notifier.wording.local_time import LocalTime
from onlooker_shared.recognition import Face, Label, Person
from recognitions import NOON, a_face, a_label, a_recognition, an_image

BERLIN = ZoneInfo("Europe/Berlin")
AFTERWARDS = NOON + timedelta(minutes=1)


def seen(*found: Face | Label, key: str = "front-door/cat.jpg", people: bool = False) -> Notice:
    recognition = a_recognition(*found)
    if people:
        recognition = recognition.model_copy(update={"features": ("faces", "people", "labels")})
    return notices.recognized(an_image(key), recognition)


def somebody(
    name: str, *, similarity: float = 97.8, times_seen: int | None = None, known: bool = True, person_id: str = ""
) -> Face:
    person = Person(person_id=person_id or name, name=name, similarity=similarity, known=known, times_seen=times_seen)
    return a_face("HAPPY").model_copy(update={"person": person})


def broken(key: str = "front-door/broken.jpg", reason: str = "It is empty.") -> Notice:
    return notices.failed(an_image(key), reason)


def write(
    *some: Notice, picture_url: str | None = None, zone: ZoneInfo = BERLIN, told_at: datetime = AFTERWARDS
) -> letters.Letter:
    local = LocalTime(zone, told_at)
    return letters.write(some, rule_name="A picture was recognized", picture_url=picture_url, local=local)


@pytest.mark.parametrize(
    ("pictures", "subject"),
    [
        ([seen(somebody("Ann"))], "Ann was seen at front-door at 13:00, 97 % sure"),
        (
            [seen(somebody("Ann", times_seen=1), a_label("Cat"))],
            "Ann was seen at front-door at 13:00 for the first time, 97 % sure",
        ),
        ([seen(somebody("Ann", times_seen=7))], "Ann was seen at front-door at 13:00, 97 % sure"),
        (
            [seen(somebody("Ann"), somebody("Ben", similarity=91))],
            "Ann and Ben were seen at front-door at 13:00, at least 91 % sure",
        ),
        (
            [seen(*(somebody(name) for name in ("Ann", "Ben", "Cid", "Dan", "Eve")))],
            "Ann, Ben, Cid and 2 more were seen at front-door at 13:00, at least 97 % sure",
        ),
        (
            [seen(somebody("Ann"), a_face(), people=True)],
            "Ann and somebody unknown were seen at front-door at 13:00, 97 % sure",
        ),
        ([seen(a_face(), people=True)], "Somebody unknown was seen at front-door at 13:00"),
        ([seen(a_face(), a_face(), people=True)], "2 unknown people were seen at front-door at 13:00"),
        (
            [seen(somebody("Unknown 7", known=False, times_seen=1), people=True)],
            "Somebody unknown was seen at front-door at 13:00 for the first time",
        ),
        (
            [seen(somebody("Unknown 7", known=False, times_seen=22), people=True)],
            "Somebody unknown was seen at front-door at 13:00 for the 22nd time",
        ),
        (
            [seen(somebody("Unknown 7", known=False, times_seen=112), people=True)],
            "Somebody unknown was seen at front-door at 13:00 for the 112th time",
        ),
        ([seen(somebody("Ann"), key="ann.jpg")], "Ann was seen in images at 13:00, 97 % sure"),
        ([seen(somebody("Ann"), key="site/gate/2026/11/20/1.jpg")], "Ann was seen at site/gate at 13:00, 97 % sure"),
        ([seen()], "A picture from front-door at 13:00"),
        ([seen(a_face("HAPPY"), a_label("Cat"))], "A picture from front-door at 13:00: 1 face, Happy; Cat"),
        ([seen(a_face("SAD"), a_face("SAD"))], "A picture from front-door at 13:00: 2 faces, all Sad"),
        ([seen(a_face("HAPPY"), a_face("SAD"))], "A picture from front-door at 13:00: 2 faces"),
        ([seen(a_face(None))], "A picture from front-door at 13:00: 1 face"),
        ([broken()], "A picture from front-door at 13:00 could not be recognized"),
        ([seen(somebody("Ann")), seen(somebody("Ben"), a_label("Cat"))], "2 pictures from front-door: Ann, Ben; Cat"),
        ([seen(somebody("Ann")), seen(key="yard/1.jpg")], "2 pictures: Ann"),
        (
            [seen(somebody(name)) for name in ("Ann", "Ben", "Cid", "Dan", "Dan")] + [seen(a_face(), people=True)],
            "6 pictures from front-door: Dan, Ann, Ben, 1 more, somebody unknown",
        ),
        (
            [
                seen(a_face("HAPPY"), a_face("HAPPY"), a_face("SAD"), a_label("Cat")),
                seen(a_label("Cup"), a_label("Cat")),
            ],
            "2 pictures from front-door: 3 faces, mostly Happy; Cat, Cup",
        ),
        ([seen(), broken()], "2 pictures from front-door, 1 of which could not be recognized"),
        ([broken()] * 2, "2 pictures from front-door could not be recognized"),
    ],
)
def test_says_in_the_subject_what_was_seen(pictures: list[Notice], subject: str) -> None:
    assert write(*pictures).subject == subject


@pytest.mark.parametrize(
    ("zone", "told_at", "moment"),
    [
        ("UTC", NOON, "at 12:00"),
        ("America/New_York", NOON, "at 07:00"),
        ("Asia/Kolkata", NOON + timedelta(hours=6), "at 17:30"),
        ("Asia/Kolkata", NOON + timedelta(hours=7), "on 20 November at 17:30"),
        ("UTC", NOON + timedelta(days=60), "on 20 November 2026 at 12:00"),
    ],
)
def test_times_are_those_of_the_readers_clocks(zone: str, told_at: datetime, moment: str) -> None:
    letter = write(seen(), zone=ZoneInfo(zone), told_at=told_at)

    assert letter.subject == f"A picture from front-door {moment}"
    assert f"Times are {'UTC' if zone == 'UTC' else f'those of {zone}'}." in letter.text


def test_says_of_each_picture_who_is_in_it_how_surely_and_whether_for_the_first_time() -> None:
    letter = write(
        seen(somebody("Ann"), somebody("Ann", similarity=99.97), somebody("Ben", similarity=90, times_seen=1)),
        seen(somebody("Unknown 7", known=False, times_seen=2), a_face(), people=True),
    )

    assert "Ann (99 %), Ben (90 %, for the first time)" in letter.text
    assert "somebody unknown (Unknown 7, for the 2nd time), somebody unknown" in letter.html


def test_a_notice_from_before_there_was_more_is_told_by_names() -> None:
    old = seen().model_copy(update={"persons": ("Ann",)})

    assert write(old).subject == "Ann was seen at front-door at 13:00"


def test_a_subject_stays_one_short_line_whatever_labels_say() -> None:
    subject = write(seen(a_label("Evil\r\nBcc: eve@example.com"), a_label("x" * 500))).subject

    assert "\n" not in subject
    assert "\r" not in subject
    assert len(subject) <= wording.LONGEST


def test_lists_each_picture_with_its_link_in_text_and_html() -> None:
    one, two = seen(a_label("Cat"), key="a/1.jpg"), seen(a_face("CALM"), key="b/2.jpg")

    letter = write(one, two, picture_url="http://127.0.0.1:8080/pictures/{image_id}")

    for notice, found in ((one, "Cat"), (two, "1 face, Calm")):
        link = f"http://127.0.0.1:8080/pictures/{notice.image_id}"
        assert f"images/{notice.key}\n    {found}\n    {link}\n" in letter.text
        assert f'href="{link}">images/{notice.key}</a></div></td>' in letter.html
        assert f">{found}<div" in letter.html
    assert "2026-11-20 13:00:00" in letter.text


def test_says_why_a_picture_failed() -> None:
    letter = write(broken())

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

    assert letter.subject == "500 pictures from images"
    assert letter.html.count("<tr>") == 100
    assert "And 400 more." in letter.text
    assert "And 400 more." in letter.html
    assert len(letter.html) < 102_000  # where Gmail cuts mails off


def test_sns_takes_only_short_ascii_subjects() -> None:
    assert sns_subject("Zoë was seen") == "Zo? was seen"
    assert len(sns_subject("x" * 200)) == 99


def test_what_is_no_picture_is_told_in_its_own_words_and_links_to_none() -> None:
    since = NOON.timestamp()
    absence = notices.watched("absence", "absence.desk.1", since, "No picture for 30 minutes with Ann")
    letter = write(absence, picture_url="https://onlooker.example.com/{image_id}", told_at=NOON + timedelta(minutes=30))
    assert letter.subject == f"No picture for 30 minutes with Ann, since {NOON.astimezone(BERLIN):%H:%M}"
    assert "Absence\n    No picture for 30 minutes with Ann\n" in letter.text
    assert "https://" not in letter.text + letter.html

    dead = [notices.watched("dead_letter", f"dead_letter.{n}", since, f"{n} more dead letters") for n in (1, 2, 3)]
    assert write(dead[0]).subject == "1 more dead letters"
    assert write(*dead).subject == "3 more dead letters, and 2 more such alerts"
