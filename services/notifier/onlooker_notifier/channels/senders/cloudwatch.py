"""Numbers in Amazon CloudWatch: how many pictures, faces and failures, and the emotions that faces show."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from onlooker_notifier.channels.kinds import CloudWatchSettings
from onlooker_notifier.channels.message import Message, Receipt, aws_answers
from onlooker_notifier.notices import Notice
from onlooker_notifier.together import all_of
from onlooker_shared.errors import NotFoundError
from onlooker_shared.recognition import Recognition
from onlooker_shared.results import Results

REFUSALS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "MissingRequiredParameterException",
    }
)
AT_ONCE = 8
"""Results that are read at the same time."""
SURE = 10.0
"""Percent that Rekognition must be sure of an emotion for it to be counted: as dashboards made before suppose."""
MOST_VALUES = 150
"""Different values of one metric that PutMetricData takes at once."""
MOST_METRICS = 1000
"""Entries that it takes at once."""


class CloudWatch:
    """Puts metrics.

    Args:
        client: returns the process's client of `cloudwatch`.
        results: what was recognized.
    """

    def __init__(self, client: Callable[[], Awaitable[Any]], results: Results) -> None:
        self._client = client
        self._results = results

    async def send(self, settings: CloudWatchSettings, _secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        with aws_answers(REFUSALS):
            cloudwatch = await self._client()
            entries = [_count("Tests", 1)] if message.test else await self._entries(message)
            for start in range(0, len(entries), MOST_METRICS):
                some = [{**entry, "Timestamp": message.told_at} for entry in entries[start : start + MOST_METRICS]]
                await cloudwatch.put_metric_data(Namespace=settings.namespace, MetricData=some)
        return Receipt(None, "1 metric" if len(entries) == 1 else f"{len(entries)} metrics")

    async def _entries(self, message: Message) -> list[dict[str, Any]]:
        failures = sum(notice.event == "failed" for notice in message.notices)
        recognized = [notice for notice in message.notices if notice.event == "recognized"]
        recognitions = await all_of(self._recognition, recognized, at_once=AT_ONCE)
        return [
            _count("Pictures", sum(notice.pictured for notice in message.notices)),
            _count("Faces", sum(notice.faces for notice in message.notices)),
            _count("Failures", failures),
            *emotions(each for each in recognitions if each is not None),
        ]

    async def _recognition(self, notice: Notice) -> Recognition | None:
        try:
            return (await self._results.get(notice.image_id)).recognition
        except NotFoundError:
            return None  # deleted since


def emotions(recognitions: Iterable[Recognition]) -> Iterator[dict[str, Any]]:
    """Yield how sure Rekognition is of each emotion, in percent, of every face: a metric for each emotion."""
    told: dict[str, Counter[float]] = defaultdict(Counter)
    for recognition in recognitions:
        for face in recognition.faces:
            for emotion in face.emotions:
                if emotion.confidence > SURE:
                    told[emotion.type][round(emotion.confidence, 1)] += 1
    for kind, counted in sorted(told.items()):
        values = sorted(counted)
        for start in range(0, len(values), MOST_VALUES):
            some = values[start : start + MOST_VALUES]
            yield {
                "MetricName": "Emotion",
                "Dimensions": [{"Name": "Type", "Value": kind}],
                "Values": some,
                "Counts": [float(counted[value]) for value in some],
                "Unit": "Percent",
            }


def _count(name: str, value: int) -> dict[str, Any]:
    return {"MetricName": name, "Value": float(value), "Unit": "Count"}
