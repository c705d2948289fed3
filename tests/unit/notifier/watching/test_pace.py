"""From when on it is known that nothing came."""

from dataclasses import dataclass

from onlooker_notifier.watching.counting import SETTLING
from onlooker_notifier.watching.pace import GRACE, Pace

START = 1_800_000_000.0


@dataclass
class Clocks:
    """Two clocks, one of which may be set."""

    wall: float = START
    even: float = 7.0

    def __post_init__(self) -> None:
        self.pace = Pace(lambda: self.wall, lambda: self.even)

    def after(self, seconds: float, *, jump: float = 0.0) -> float:
        self.even += seconds
        self.wall += seconds + jump
        return self.pace.now()


def test_after_a_start_what_waited_comes_first() -> None:
    clocks = Clocks()
    assert clocks.after(5) == START + 5
    assert clocks.pace.known_from(1800) == START + GRACE
    clocks.after(86_400)
    assert clocks.pace.known_from(1800) == START + GRACE


def test_a_clock_that_drifts_or_is_set_by_little_runs_evenly() -> None:
    clocks = Clocks()
    for _ in range(1000):
        clocks.after(5, jump=0.5)
    assert clocks.pace.known_from(1800) == START + GRACE


def test_after_a_jump_it_counts_from_then() -> None:
    for jump in (3600, -3600):
        clocks = Clocks()
        now = clocks.after(5, jump=jump)
        clocks.after(5)
        assert now == START + 5 + jump
        assert clocks.pace.known_from(1800) == now + 1800 + SETTLING
