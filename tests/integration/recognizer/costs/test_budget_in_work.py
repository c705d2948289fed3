"""A budget that comes to its end: pictures are stored and told of all the same, and completed when there is more."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from installation import Keys, client_of
from onlooker_recognizer.__main__ import compose
from onlooker_recognizer.costs.holding import TURN
from onlooker_recognizer.costs.ledger import Held, Ledger
from onlooker_recognizer.costs.meter import Meter
from onlooker_recognizer.events import RecognizeAgain
from onlooker_recognizer.originals import Originals
from onlooker_shared import outages
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.recognition import Feature
from recognizer_stage import Stage, jpeg
from rekognition_standin import FACE, StandIn

KEYS = Keys(
    {
        "reader": Principal("1", "all", frozenset({Scope.RECOGNITIONS_READ})),
        "bound": Principal("2", "team a", frozenset({Scope.RECOGNITIONS_READ}), prefix="team-a/"),
    }
)
SPENT = "0.0000001"
"""US dollars: less than one call."""


@pytest.fixture(autouse=True)
def _features(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_FEATURES", "faces,labels,text")


@pytest.fixture
async def ledger(stage: Stage) -> Ledger:
    return Ledger(await stage.aws.client("dynamodb"), stage.names.costs.name)


@pytest.fixture
async def first_of_two(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> str:
    """A budget that this picture spent."""
    async with stage.recognizer():
        image_id = await stage.put("first.jpg", jpeg())
        await stage.announced()
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET", SPENT)
    return image_id


async def test_labels_are_held_back_and_looked_for_when_there_is_more(
    stage: Stage, standin: StandIn, ledger: Ledger, first_of_two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", "hold-labels")
    standin.faces = [FACE]
    async with stage.recognizer():
        image_id = await stage.put("second.jpg", jpeg(colour=(1, 2, 3)))
        (held,) = await stage.announced()
    assert isinstance(held, ImageRecognized)
    assert held.recognition is not None
    assert held.recognition.features == ("faces",)
    assert [missing.feature for missing in held.recognition.missing] == ["labels", "text"]
    assert "budget" in held.recognition.missing[0].reason
    assert [waiting.image.image_id for waiting in await ledger.held(10)] == [image_id]

    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET", "100")
    asked = standin.calls("DetectFaces")
    async with stage.recognizer():
        (completed,) = await stage.announced()
        await stage.settled()

    assert isinstance(completed, ImageRecognized)
    assert completed.recognition is not None
    assert set(completed.recognition.features) == {"faces", "labels", "text"}
    assert completed.recognition.missing == ()
    assert completed.recognition.labels
    assert completed.recognition.faces == held.recognition.faces
    assert standin.calls("DetectFaces") == asked
    assert await ledger.held(10) == []


async def test_nobody_who_is_known_is_forgotten_for_the_budgets_sake(
    stage: Stage, standin: StandIn, ledger: Ledger, first_of_two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", "hold-all")
    calls = sum(map(standin.calls, ("DetectFaces", "DetectLabels", "DetectText")))
    async with stage.recognizer() as service, client_of(service) as http:
        await http.post(f"/recognitions/{first_of_two}")
        (told,) = await stage.announced()

    assert isinstance(told, ImageRecognized)
    assert told.recognition is not None
    assert set(told.recognition.features) == {"faces", "labels", "text"}
    assert sum(map(standin.calls, ("DetectFaces", "DetectLabels", "DetectText"))) == calls
    assert [waiting.features for waiting in await ledger.held(10)] == [()]

    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET", "100")
    async with stage.recognizer():
        (again,) = await stage.announced()
        await stage.settled()
    assert isinstance(again, ImageRecognized)
    assert again.recognition is not None
    assert again.recognition.recognized_at > told.recognition.recognized_at
    assert sum(map(standin.calls, ("DetectFaces", "DetectLabels", "DetectText"))) == calls + 3


async def test_with_nothing_left_a_picture_is_stored_and_waits(
    stage: Stage, standin: StandIn, ledger: Ledger, first_of_two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", "hold-all")
    calls = standin.calls("DetectFaces")
    async with stage.recognizer():
        image_id = await stage.put("second.jpg", jpeg(colour=(1, 2, 3)))
        (told,) = await stage.announced()
    assert isinstance(told, ImageRecognized)
    assert told.recognition is not None
    assert (told.recognition.features, told.recognition.faces) == ((), ())
    assert standin.calls("DetectFaces") == calls

    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET", "100")
    standin.faces = [FACE]
    async with stage.recognizer():
        (completed,) = await stage.announced()
        await stage.settled()
    assert (await (await stage.results).get(image_id)).recognition.faces
    assert isinstance(completed, ImageRecognized)
    assert await ledger.held(10) == []


@pytest.mark.parametrize(
    ("policy", "features"), [("hold-labels", ("labels", "text")), ("hold-all", ("faces", "labels", "text"))]
)
async def test_what_is_asked_for_twice_is_paid_once(
    stage: Stage,
    standin: StandIn,
    first_of_two: str,
    monkeypatch: pytest.MonkeyPatch,
    policy: str,
    features: tuple[Feature, ...],
) -> None:
    """As two recognizers may that look at once what waits, and SQS that gives a message out again."""
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", policy)
    async with stage.recognizer():
        await stage.put("second.jpg", jpeg(colour=(1, 2, 3)))
        (held,) = await stage.announced()
    assert isinstance(held, ImageRecognized)
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET", "100")
    asked = standin.calls("DetectLabels")
    async with stage.recognizer():
        for _ in range(2):
            await stage.send(RecognizeAgain(image=held.image, only=features).model_dump_json())
            await stage.announced()
        await stage.announced()  # what waited is asked for by the recognizer itself, too
        await stage.settled()

    assert standin.calls("DetectLabels") == asked + 1


async def test_a_picture_whose_turn_comes_when_the_budget_is_spent_anew_waits_again(
    stage: Stage, standin: StandIn, ledger: Ledger, first_of_two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", "hold-labels")
    async with stage.recognizer():
        image_id = await stage.put("second.jpg", jpeg(colour=(1, 2, 3)))
        (held,) = await stage.announced()
        assert isinstance(held, ImageRecognized)
        await ledger.release(image_id)
        asked = standin.calls("DetectLabels")
        await stage.send(RecognizeAgain(image=held.image, only=("labels", "text")).model_dump_json())
        await stage.announced()
        await stage.settled()

    assert standin.calls("DetectLabels") == asked
    assert await ledger.held(10) == [Held(held.image, ("labels", "text"))]


@pytest.mark.parametrize("somebody_asks", [False, True])
async def test_whose_turn_comes_too_late_waits_for_what_is_noted_by_then(
    stage: Stage, ledger: Ledger, first_of_two: str, monkeypatch: pytest.MonkeyPatch, somebody_asks: bool
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", "hold-labels")
    async with stage.recognizer():
        image_id = await stage.put("second.jpg", jpeg(colour=(1, 2, 3)))
        (told,) = await stage.announced()
        now = datetime.now(UTC)
        turn = now + TURN
        assert await ledger.take(image_id, now=now, until=turn)
        noted = Held(told.image, () if somebody_asks else ("labels", "text"))
        if somebody_asks:
            await ledger.hold(noted)
        await stage.send(RecognizeAgain(image=told.image, only=("labels", "text"), turn=turn).model_dump_json())
        await stage.announced()
        await stage.settled()

    assert await ledger.held(10, free_at=now) == [noted]


async def test_a_budget_that_is_spent_this_moment_takes_nothing_from_what_is_known(
    stage: Stage, standin: StandIn, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It allowed all of the picture when that was taken up, and nothing any more when Rekognition is asked."""
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET", "100")
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", "hold-all")
    standin.faces = [FACE]
    fetch = Originals.fetch

    async def meanwhile(self: Originals, image: ImageRef) -> Any:
        monkeypatch.setattr(Meter, "spent", 1_000.0)
        return await fetch(self, image)

    async with stage.recognizer() as service, client_of(service) as http:
        image_id = await stage.put("a.jpg", jpeg())
        await stage.announced()
        monkeypatch.setattr(Originals, "fetch", meanwhile)
        await http.post(f"/recognitions/{image_id}")
        (told,) = await stage.announced()
        await stage.settled()

    assert isinstance(told, ImageRecognized)
    assert told.recognition is not None
    assert (len(told.recognition.faces), told.recognition.missing) == (1, ())
    assert await ledger.held(10) == []


async def test_nothing_is_paid_twice_while_it_cannot_be_noted_what_waits(
    stage: Stage, standin: StandIn, ledger: Ledger, first_of_two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", "hold-labels")
    monkeypatch.setattr(outages, "SHORTEST", 0.1)
    hold, asked = Ledger.hold, standin.calls("DetectFaces")
    away = iter([True, True])

    async def answers_later(self: Ledger, held: Held) -> None:
        if next(away, False):
            raise EndpointConnectionError(endpoint_url="http://dynamodb")
        await hold(self, held)

    monkeypatch.setattr(Ledger, "hold", answers_later)
    async with stage.recognizer():
        await stage.put("second.jpg", jpeg(colour=(1, 2, 3)))
        await stage.announced()
    assert standin.calls("DetectFaces") == asked + 1
    assert len(await ledger.held(10)) == 1


async def test_of_a_picture_that_can_never_be_recognized_nothing_waits(
    stage: Stage, ledger: Ledger, first_of_two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", "hold-labels")
    async with stage.recognizer():
        await stage.put("second.jpg", b"words, words, words")
        await stage.announced()
        await stage.dead()
    assert await ledger.held(10) == []


async def test_what_was_counted_is_written_though_the_process_ends_by_an_error(stage: Stage, ledger: Ledger) -> None:
    async def work() -> None:
        async with compose(stage.aws, stage.common) as service:
            (meter,) = (worker for worker in service.workers if isinstance(worker, Meter))
            meter.count(["DetectFaces"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work()
    (counted,) = await ledger.month(f"{datetime.now(UTC):%Y-%m}")
    assert counted.calls == 1


async def test_of_a_picture_that_is_deleted_nothing_waits(
    stage: Stage, ledger: Ledger, first_of_two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET_POLICY", "hold-labels")
    async with stage.recognizer():
        await stage.put("second.jpg", jpeg(colour=(1, 2, 3)))
        await stage.announced()
        assert await ledger.held(10)
        await (await stage.aws.client("s3")).delete_object(Bucket=stage.names.images.name, Key="second.jpg")
        await stage.announced()
        await stage.settled()

    assert await ledger.held(10) == []


async def test_costs_are_told_by_day_bucket_and_operation(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET", "0.003")
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        await stage.announced()
        await stage.settled()
    async with stage.recognizer() as service:
        async with client_of(service, KEYS, "reader") as http:
            told = (await http.get("/recognitions/costs")).json()
            before = (await http.get("/recognitions/costs", params={"month": "2020-02"})).json()
            wrong = await http.get("/recognitions/costs", params={"month": "2020-13"})
        async with client_of(service, KEYS, "bound") as http:
            refused = await http.get("/recognitions/costs")

    charges = {(charge["operation"], charge["bucket"], charge["calls"], charge["cost"]) for charge in told["charges"]}
    bucket = stage.names.images.name
    assert charges == {(name, bucket, 1, 0.001) for name in ("DetectFaces", "DetectLabels", "DetectText")}
    assert told["cost"] == pytest.approx(0.003)
    assert told["budget"]["spent"] == pytest.approx(0.003)
    assert told["budget"]["warning"]
    assert (before["calls"], before["charges"]) == (0, [])
    assert wrong.status_code == 422
    assert refused.status_code == 403
    assert "bound" in refused.json()["detail"]
