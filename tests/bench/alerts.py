"""How long a thousand rules take over one picture, against reading the message that brings it."""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from onlooker_notifier.conditions import facts
from onlooker_notifier.deciding.deciding import about
from onlooker_notifier.handlers import decode_event
from onlooker_notifier.rules.model import Rule
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.recognition import Emotion, Face, TextDetection
from recognitions import BOX, a_face, a_label, a_warning, an_image, recognized

RULES = 1000
ROUNDS = 50
ALLOWED_MS = 20.0
SURE = {"at_least": 80}
EMOTIONS = ("HAPPY", "CALM", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "FEAR")


async def main() -> None:
    """Print medians and their ratio."""
    body = _picture().model_dump_json()
    rules = [Rule.model_validate(rule) for rule in _rules()]
    message = decode_event(body)
    assert isinstance(message, ImageRecognized)
    assert message.recognition is not None
    known = facts.of_recognized(message.image, message.recognition)
    reading, _ = _timed(lambda: decode_event(body))
    laying_out, _ = _timed(lambda: facts.of_recognized(message.image, message.recognition))
    asking, fastest = _timed(lambda: about(rules, known))
    told = len(about(rules, known))
    print(f"alerts: {RULES} rules on a picture of 12 faces, 40 labels, 30 lines, of which {told} tell of it")
    print(f"  laying out facts {laying_out:.2f} ms; asking all rules {asking:.2f} ms, {fastest:.2f} at best")
    print(f"  ratio to the {ALLOWED_MS:.0f} ms that are allowed: {asking / ALLOWED_MS:.2f}")
    print(f"  ratio to reading the message ({reading:.2f} ms): {asking / reading:.1f}")


def _timed(what: Callable[[], object]) -> tuple[float, float]:
    """Return the median and the least of some rounds, in milliseconds."""
    what()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        what()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), min(taken)


def _picture() -> ImageRecognized:
    message = recognized(an_image("door/1.jpg", bucket="cameras"))
    lines = (
        TextDetection(type="LINE", text=f"This is line {n} of what is written", confidence=99, bounding_box=BOX, id=n)
        for n in range(30)
    )
    recognition = message.recognition
    assert recognition is not None
    return message.model_copy(
        update={
            "recognition": recognition.model_copy(
                update={
                    "faces": tuple(_face(number) for number in range(12)),
                    "labels": tuple(a_label(f"Label {n}", "Thing", f"Kind {n % 5}") for n in range(40)),
                    "text": tuple(lines),
                    "moderation": (a_warning("Weapons", "Violence"),),
                    "features": ("faces", "people", "labels", "text", "moderation"),
                }
            )
        }
    )


def _face(number: int) -> Face:
    emotions = tuple(Emotion(type=each, confidence=90 - 10 * n) for n, each in enumerate(EMOTIONS))
    face = a_face("CALM", name=f"Person {number}" if number % 3 else None, person_id=f"{number:032x}")
    return face.model_copy(update={"emotions": emotions})


def _rules() -> Iterator[dict[str, Any]]:
    kinds: tuple[Callable[[int], dict[str, Any]], ...] = (
        lambda n: {"person": {"name": f"Person {n}", "similarity": {"at_least": 90}}},
        lambda n: {"face": {"person": {"known": True}, "emotion": {"is": EMOTIONS[n % 8], "confidence": SURE}}},
        lambda n: {"label": {"is": [f"Label {n}", f"Kind {n % 9}"], "confidence": {"at_least": 60}}},
        lambda n: {"text": {"matches": rf"(?i)line\s+{n}\s+of|[a-z]+{n}$"}},
        lambda n: {"text": {"contains": f"line {n} of"}},
        lambda n: {"all": [{"person": {"unknown": True}}, {"time": {"from": f"{n % 24}:30", "to": "06:00"}}]},
        lambda n: {"all": [{"bucket": "cameras"}, {"prefix": f"camera-{n}/"}, {"faces": {"at_least": 2}}]},
        lambda n: {"all": [{"label": {"is": "Thing"}}, {"not": {"label": {"is": f"Helmet {n}"}}}]},
        lambda n: {"any": [{"moderation": {"is": f"Violence {n}"}}, {"failed": True}]},
        lambda n: {"any": [{"person": {"any_of": [f"Person {n}", "Ann", "Bob"]}}, {"faces": {"at_most": 0}}]},
    )
    for number in range(RULES):
        when = kinds[number % len(kinds)](number)
        channels = [{"type": "email", "to": "ann@example.com"}]
        yield {"rule_id": f"rule-{number}", "name": f"Rule {number}", "when": when, "channels": channels}
