"""The numbers are in Prometheus' format, under the names that the README gives."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

import onlooker_rekognition
from onlooker_rekognition.metrics import Metrics
from onlooker_rekognition.pool import Pool

PREFIX = "onlooker_rekognition_"
README = (Path(onlooker_rekognition.__file__).parent.parent / "README.md").read_text()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def samples(metrics: Metrics) -> dict[str, float]:
    """Each sample by its name and labels, as it is written."""
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {
        sample.name.removeprefix(PREFIX)
        + "".join(f"{{{key}={value}}}" for key, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_models_are_listed_once_they_are_loaded(metrics: Metrics) -> None:
    assert "model_load_seconds{model=iris}" not in samples(metrics)
    metrics.loaded("iris", 0.5)
    assert samples(metrics)["model_load_seconds{model=iris}"] == 0.5


def test_runs_are_counted_by_time_and_by_batch_for_each_model(metrics: Metrics) -> None:
    metrics.ran("iris", 2, 0.004)
    metrics.ran("iris", 1, 0.002)
    metrics.ran("emotion", 1, 0.001)
    found = samples(metrics)
    assert found["model_seconds_sum{model=iris}"] == pytest.approx(0.006)
    assert found["model_seconds_count{model=iris}"] == 2
    assert found["model_batch_sum{model=iris}"] == 3
    assert found["model_batch_bucket{le=1.0}{model=iris}"] == 1
    assert found["model_seconds_count{model=emotion}"] == 1


def test_the_queue_is_that_of_the_pool(metrics: Metrics) -> None:
    with closing(Pool(workers=1, queue_length=1)) as pool:
        metrics.watch(pool)
        assert samples(metrics)["queue_length"] == samples(metrics)["admitted_requests"] == 0
        with pool.slot():
            assert samples(metrics)["admitted_requests"] == 1


def test_waits_are_counted(metrics: Metrics) -> None:
    metrics.waited(0.02)
    assert samples(metrics)["queue_wait_seconds_count"] == 1
    assert samples(metrics)["queue_wait_seconds_sum"] == pytest.approx(0.02)


def test_the_readme_names_every_number_and_no_other(metrics: Metrics) -> None:
    section = README[README.index("### Metrics") : README.index("### Other devices")]
    documented = {
        name.partition("{")[0].removesuffix("_total") for name in re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)
    }
    with closing(Pool(workers=1, queue_length=1)) as pool:
        metrics.watch(pool)
        families = text_string_to_metric_families(metrics.exposition().decode())
        names = {family.name.removeprefix(PREFIX) for family in families}
    assert documented == {name for name in names if not name.endswith("_created") and not name.startswith("process_")}


def test_how_much_the_process_takes_is_told(metrics: Metrics) -> None:
    assert samples(metrics)["process_resident_memory_bytes"] > 0
    assert samples(metrics)["process_cpu_seconds_total"] > 0
