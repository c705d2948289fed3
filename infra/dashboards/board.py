"""What the dashboard shows. Change it here; `make dashboards` writes `onlooker.ndjson` from it."""

from saved_objects import Board, Visualization, count, different, most_frequent, over_time, total

INDEX = "image_insights"
"""The tagger's alias (`ONLOOKER_TAGGER_OPENSEARCH_INDEX`)."""


def board(index: str = INDEX) -> Board:
    """Return the dashboard over the documents of an index or alias."""
    return Board(
        id="onlooker-pictures",
        title="Onlooker: pictures",
        description="What the pictures show, who is in them, and how they look.",
        index_id="onlooker-image-insights",
        index=index,
        time_field="created_at",
        period="now-30d",
        refresh=60,
        formats={"emotions": "title"},
        visualizations=(
            Visualization(
                id="onlooker-count",
                title="Pictures",
                description="How many pictures, faces in them, and different people known by name.",
                kind="metric",
                place=(0, 0, 12, 14),
                aggregations=(count("Pictures"), total("face_count", "Faces"), different("persons", "People")),
            ),
            Visualization(
                id="onlooker-label-cloud",
                title="Label cloud",
                description="The most frequent labels: the larger, the more pictures.",
                kind="tagcloud",
                place=(12, 0, 36, 14),
                aggregations=(count("Pictures"), most_frequent("tags", "Labels", size=50)),
            ),
            Visualization(
                id="onlooker-top-labels",
                title="Top labels",
                description="In how many pictures the most frequent labels are.",
                kind="horizontal_bar",
                place=(0, 14, 24, 18),
                aggregations=(count("Pictures"), most_frequent("tags", "Labels", size=15)),
            ),
            Visualization(
                id="onlooker-emotions",
                title="Emotions",
                description="In how many pictures at least one face shows each emotion.",
                kind="pie",
                place=(24, 14, 24, 18),
                aggregations=(count("Pictures"), most_frequent("emotions", "Emotions", size=10)),
            ),
            Visualization(
                id="onlooker-people-over-time",
                title="People over time",
                description="In how many pictures the people seen most often are, by time.",
                kind="histogram",
                place=(0, 32, 24, 15),
                aggregations=(
                    count("Pictures"),
                    most_frequent("persons", "People", size=10, schema="group"),
                    over_time("created_at", "Recognized"),
                ),
            ),
            Visualization(
                id="onlooker-emotions-over-time",
                title="Emotions over time",
                description="In how many pictures at least one face shows each emotion, by time.",
                kind="histogram",
                place=(24, 32, 24, 15),
                aggregations=(
                    count("Pictures"),
                    most_frequent("emotions", "Emotions", size=10, schema="group"),
                    over_time("created_at", "Recognized"),
                ),
            ),
        ),
    )
