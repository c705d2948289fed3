"""Labels of frames joined to stretches of time."""

from onlooker_rekognition.video.segments import Segment, Segments
from onlooker_rekognition.vision.results import LabelAnalysis

DOG, CAT = LabelAnalysis("Dog", 80.0), LabelAnalysis("Cat", 70.0)
SURE_DOG = LabelAnalysis("Dog", 95.0)


def segments_of(*frames: tuple[int, list[LabelAnalysis]]) -> list[Segment]:
    segments = Segments()
    ended = [segment for timestamp, labels in frames for segment in segments.see(timestamp, labels)]
    return ended + list(segments.finish())


def test_a_label_seen_on_and_on_is_one_segment_at_its_most_confident() -> None:
    assert segments_of((0, [DOG]), (500, [SURE_DOG]), (1000, [DOG])) == [Segment(SURE_DOG, 0, 1000)]


def test_one_frame_without_it_does_not_end_a_segment() -> None:
    assert segments_of((0, [DOG]), (500, []), (1000, [DOG])) == [Segment(DOG, 0, 1000)]


def test_frames_need_not_be_equally_far_apart() -> None:
    """At 29.97 frames a second they come half a millisecond late, and then one comes early."""
    assert segments_of((0, [DOG]), (501, []), (1001, [DOG]), (9000, [DOG])) == [Segment(DOG, 0, 9000)]


def test_two_frames_without_it_end_a_segment() -> None:
    frames = [(0, [DOG]), (500, []), (1000, []), (1500, [DOG])]
    assert segments_of(*frames) == [Segment(DOG, 0, 0), Segment(DOG, 1500, 1500)]


def test_labels_have_segments_of_their_own() -> None:
    assert segments_of((0, [DOG, CAT]), (500, [CAT])) == [Segment(DOG, 0, 0), Segment(CAT, 0, 500)]


def test_no_frames_no_segments() -> None:
    assert segments_of() == []
