"""What a trial answers: each picture with what became of it, and the messages as they would have been sent."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from onlooker_notifier import notices
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import RuleDraft, kept
from onlooker_notifier.trials.answer import Trial
from onlooker_notifier.trials.trial import MOST_MESSAGES, Terms, tried
from recognitions import Found, a_face, a_recognition, an_image

BERLIN = ZoneInfo("Europe/Berlin")
TERMS = Terms(limit=1000, zone=BERLIN, picture_url="https://example.com/{image_id}")
NOON = datetime(2027, 1, 15, 12, tzinfo=BERLIN)
ANN = a_face(name="Ann")
NIGHT = {"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}


def picture(key: str, at: datetime = NOON, *found: Found) -> tuple[Notice, Facts]:
    recognition = a_recognition(*(found or (ANN,))).model_copy(update={"features": ("faces", "people", "labels")})
    image = an_image(key, uploaded_at=at)
    return notices.recognized(image, recognition), facts.of_recognized(image, recognition)


def trial(pictures: list[tuple[Notice, Facts]], now: datetime = NOON + timedelta(days=1), **rule: object) -> Trial:
    draft = RuleDraft.model_validate({"name": "Door", "digest_interval": 0, **rule})
    newest_first = sorted(pictures, key=lambda each: each[0].uploaded_at, reverse=True)
    return tried(kept(draft, "door", 1), newest_first, TERMS, complete=True, now=now)


def test_a_picture_is_told_kept_back_or_none_that_the_rule_is_about() -> None:
    pictures = [
        picture("door/1.jpg"),
        picture("door/2.jpg", NOON + timedelta(minutes=5)),
        picture("yard/3.jpg", NOON + timedelta(minutes=6)),
    ]
    found = trial(pictures, when={"prefix": "door/"}, cooldown=3600, per=["person"])

    yard, again, told = found.pictures
    assert (found.matching, found.told, found.sent) == (2, 1, 1)
    assert (told.matches, told.tells, told.message, told.why_not, told.reason) == (True, True, 1, None, None)
    assert (again.matches, again.tells, again.message, again.reason) == (True, False, None, "cooling_down")
    assert (again.until, again.about) == (NOON + timedelta(hours=1), ("Ann",))
    assert again.why_not is not None
    assert (again.why_not.place, again.why_not.reason) == ("cooldown", "the same was told shortly before: Ann")
    assert (yard.matches, yard.tells, yard.reason, yard.until) == (False, False, None, None)
    assert yard.why_not is not None
    assert yard.why_not.place == "when.prefix"


def test_a_message_has_the_subject_and_the_time_that_its_readers_would_have_seen() -> None:
    day = trial([picture("door/1.jpg"), picture("yard/2.jpg", NOON + timedelta(hours=11))], quiet_hours=NIGHT)
    [first, second] = day.messages
    assert first.subject == "Ann was seen at door at 12:00, 97 % sure"
    assert (first.occasion, first.pictures, first.image_ids) == ("at_once", 1, (day.pictures[1].image_id,))
    assert second.subject == "Ann was seen at yard on 15 January at 23:00, 97 % sure"  # told the day after
    assert (second.occasion, second.at.isoformat()) == ("quiet_hours", "2027-01-16T06:00:00+01:00")
    assert "quiet hours" in second.remark
    assert (day.pictures[0].tells, day.pictures[0].reason, day.pictures[0].until) == (True, "quiet_hours", second.at)
    assert (day.zone, day.model_dump(mode="json")["messages"][1]["at"]) == (
        "Europe/Berlin",
        "2027-01-16T06:00:00+01:00",
    )


def test_a_rules_own_words_and_links_are_rendered() -> None:
    found = trial([picture("door/1.jpg")], subject="{{ names|join }} {{ time }} {{ link }}", body="{{ count }}")
    [message] = found.messages
    assert message.subject == f"Ann 12:00 https://example.com/{found.pictures[0].image_id}"


def test_what_waits_for_its_message_yet_says_so() -> None:
    pictures = [picture("door/1.jpg"), picture("door/2.jpg", NOON + timedelta(minutes=1))]
    found = trial(pictures, NOON + timedelta(seconds=90), digest_interval=60)
    assert [(each.waiting, each.pictures) for each in found.messages] == [(False, 2)]
    assert trial(pictures, NOON + timedelta(minutes=1), digest_interval=120).messages[0].waiting


def test_pictures_of_one_moment_are_told_in_the_order_in_which_they_wait() -> None:
    pictures = [picture(f"door/{number}.jpg") for number in range(5)]
    found = trial(pictures, digest_interval=60)
    [message] = found.messages
    assert list(message.image_ids) == sorted(each[0].image_id for each in pictures)


def test_of_many_messages_the_last_are_shown() -> None:
    pictures = [picture(f"door/{number}.jpg", NOON + timedelta(minutes=number)) for number in range(MOST_MESSAGES + 3)]
    found = trial(pictures)
    assert (found.sent, len(found.messages)) == (MOST_MESSAGES + 3, MOST_MESSAGES)
    assert [found.messages[0].number, found.messages[-1].number] == [4, MOST_MESSAGES + 3]
    assert found.pictures[0].message == MOST_MESSAGES + 3


def test_it_is_said_that_the_rule_is_off_or_muted_or_tells_nobody() -> None:
    until = NOON + timedelta(days=2)
    off = kept(RuleDraft(name="Door", enabled=False), "door", 1, muted_until=until)
    found = tried(off, [picture("door/1.jpg")], TERMS, complete=True, now=NOON)
    assert (found.told, found.enabled, found.muted_until, found.channels) == (1, False, until, 0)
    assert tried(off, [], TERMS, complete=True, now=until).muted_until is None
