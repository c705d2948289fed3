"""What counts as an outage, and how long the consumer rests in one."""

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from onlooker_shared.errors import RetryLater, UnavailableError
from onlooker_shared.outages import LONGEST, SHORTEST, Outages, is_outage

DOWN = EndpointConnectionError(endpoint_url="http://x")


def answer(status: int, code: str = "Whatever") -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


@pytest.mark.parametrize(
    "error",
    [
        DOWN,
        ConnectionClosedError(endpoint_url="x"),
        ReadTimeoutError(endpoint_url="x"),
        answer(500),
        answer(503),
        answer(400, "ThrottlingException"),
        answer(400, "ProvisionedThroughputExceededException"),
        UnavailableError("The index does not answer."),
    ],
)
def test_what_is_away_broken_or_overrun_is_an_outage(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize("error", [answer(403), answer(404), answer(400), RuntimeError(), OSError()])
def test_what_was_answered_or_is_our_own_fault_is_none(error: Exception) -> None:
    assert not is_outage(error)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def rest(outages: Outages) -> float:
    with pytest.raises(RetryLater) as caught, outages.weathered():
        raise DOWN
    assert caught.value.pause
    assert caught.value.delay is not None
    return caught.value.delay


def test_the_rest_grows_with_the_outage_and_is_bounded() -> None:
    clock = Clock()
    outages = Outages(clock)
    rests = []
    while clock.now < 1000 + 4 * 3600:
        rests.append(rest(outages))
        clock.now += rests[-1]
    assert rests[0] == SHORTEST
    assert rests == sorted(rests)
    assert max(rests) == LONGEST
    assert sum(1 for each in rests if each) < 65  # receives of one message in four hours
    assert sum(rests[:9]) > 60  # a minute's outage costs a message nine receives at most


def test_success_ends_the_outage() -> None:
    clock = Clock()
    outages = Outages(clock)
    rest(outages)
    clock.now += 600
    with outages.weathered():
        pass
    clock.now += 600
    assert rest(outages) == SHORTEST


def test_other_errors_pass_through() -> None:
    with pytest.raises(ClientError), Outages().weathered():
        raise answer(403)
