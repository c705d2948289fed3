"""What cannot be read of what is stored is logged, and says nothing of what is in it."""

from typing import Any

import pytest
from pydantic import ValidationError

from onlooker_notifier.deciding.decisions import DECISIONS
from onlooker_notifier.delivering.deliveries import Delivery, Outcome
from onlooker_notifier.delivering.packing import NOTICES
from onlooker_notifier.delivering.standing import Acknowledgement
from onlooker_notifier.delivering.waiting import Job
from onlooker_notifier.escalating.records import Ending, Expected
from onlooker_notifier.notices import Notice, Seen

READERS: list[Any] = [
    *(model.model_validate_json for model in (Job, Delivery, Outcome, Expected, Ending, Acknowledgement)),
    *(model.model_validate_json for model in (Notice, Seen)),
    *(adapter.validate_json for adapter in (DECISIONS, NOTICES)),
]


@pytest.mark.parametrize("read", READERS, ids=lambda read: str(read.__self__))
@pytest.mark.parametrize("stored", ['"ann@example.com"', '{"at": "ann@example.com", "channel": "ann@example.com"}'])
def test_an_error_repeats_nothing(read: Any, stored: str) -> None:
    with pytest.raises(ValidationError) as raised:
        read(stored)
    assert "ann@" not in str(raised.value)
