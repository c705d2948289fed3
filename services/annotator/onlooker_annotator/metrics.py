"""The annotator's own metrics."""

from prometheus_client import Histogram

DRAWING_SECONDS = Histogram(
    "onlooker_annotator_drawing_seconds",
    "Time to decode, draw and encode one picture, its wait for a thread included.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
