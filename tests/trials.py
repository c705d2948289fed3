"""A trial of a rule as the notifier answers it: one picture told in the morning, one kept back, one not asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from onlooker_notifier import notices
from onlooker_notifier.conditions import facts
from onlooker_notifier.rules.model import RuleDraft, kept
from onlooker_notifier.trials.trial import Terms, tried
from recognitions import a_face, a_recognition, an_image

NIGHT = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)
"""Half past eleven in Berlin."""
RULE = {
    "name": "At night",
    "when": {"prefix": "door/"},
    "cooldown": 3600,
    "quiet_hours": {"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"},
    "per": ["person"],
}


def a_trial() -> dict[str, Any]:
    """What is answered."""
    pictures = []
    for number, key in enumerate(("yard/3.jpg", "door/<2>.jpg", "door/1.jpg")):
        image = an_image(key, uploaded_at=NIGHT - timedelta(minutes=number))
        recognition = a_recognition(a_face(name="Ann <a>"))
        pictures.append((notices.recognized(image, recognition), facts.of_recognized(image, recognition)))
    rule = kept(RuleDraft.model_validate(RULE), "night", 1)
    terms = Terms(limit=1000, zone=ZoneInfo("Europe/Berlin"))
    return tried(rule, pictures, terms, complete=True, now=NIGHT).model_dump(mode="json")
