"""A list that grows is read less and less often, and never too seldom."""

from onlooker_notifier.rests import A_SECOND, FREE, LONGEST, Rests


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_longer_a_list_is_the_longer_it_is_left_alone() -> None:
    clock = Clock()
    rests = Rests(clock)
    assert rests.left() == 0
    rests.after(FREE)
    assert rests.left() == 0, "most lists are short"
    rests.after(FREE + int(A_SECOND * 10))
    assert rests.left() == 10
    clock.now += 4
    assert rests.left() == 6
    rests.after(10_000_000)
    assert rests.left() == LONGEST
    clock.now += LONGEST
    assert rests.left() == 0
