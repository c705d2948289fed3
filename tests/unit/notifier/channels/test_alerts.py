"""What others may rely on of the JSON that they are given: its schema, and the example in the documentation."""

import json
import re
from pathlib import Path

import pytest

from letterbox import a_message
from onlooker_notifier import notices
from onlooker_notifier.channels.alerts import Alert
from onlooker_notifier.channels.bodies import body
from onlooker_notifier.notices import Notice
from onlooker_shared.schemas import schemas
from recognitions import NOON, a_face, a_label, a_recognition, an_image

DOCS = Path(__file__).parents[4] / "docs"


def test_the_committed_schema_is_that_of_the_code() -> None:
    assert schemas([Alert]) == {"alert.v1.json": (DOCS / "messages/alert.v1.json").read_text()}, "run `make schemas`"


@pytest.mark.parametrize(
    "told",
    [
        notices.recognized(an_image(), a_recognition(a_face("SAD", name="Ann"), a_label("Cat"))),
        notices.failed(an_image(), "This is no picture."),
        notices.watched("absence", "0" * 32, NOON.timestamp(), "Nobody came."),
    ],
    ids=lambda notice: notice.event,
)
def test_what_is_sent_is_what_the_schema_says_and_no_more(told: Notice) -> None:
    sent = body(a_message(told))
    assert Alert.model_validate(sent).model_dump(mode="json") == sent
    assert len(sent["pictures"]) == 1


def test_the_documented_example_is_such_a_message() -> None:
    documented = re.search(r"```json\n(.*?)```", (DOCS / "webhooks.md").read_text(), re.DOTALL)
    assert documented is not None
    example = json.loads(documented[1])
    assert Alert.model_validate(example).model_dump(mode="json") == example
