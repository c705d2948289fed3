"""What is read from an expression: without it, the dashboards' test would find nothing to complain of."""

import pytest

from promql import Asked, read


def one(text: str) -> Asked:
    (found,) = read(text).metrics
    return found


def test_a_metric_is_read_with_the_labels_that_select_it() -> None:
    expected = Asked("requests_total", frozenset({"job", "status"}), ranged=True)
    assert one('sum by (job) (rate(requests_total{job=~"$job",status!~"4.."}[$__rate_interval]))') == expected


def test_labels_that_group_and_join_are_read() -> None:
    found = read("sum by (le, queue) (a) unless on (job) b / ignoring(code) group_left c")
    assert [each.metric for each in found.metrics] == ["a", "b", "c"]
    assert found.grouped == {"le", "queue", "job", "code"}


def test_words_numbers_and_texts_are_no_metrics() -> None:
    assert one('clamp_min(up{job="and on metric"}, 0.5) > bool 2e3 or vector(5m)').metric == "up"


@pytest.mark.parametrize("torn", ['up{job="a"', "sum by (job", "up ; down"])
def test_what_is_no_promql_is_refused(torn: str) -> None:
    with pytest.raises(ValueError, match=r"missing|not PromQL"):
        read(torn)
