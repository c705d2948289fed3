"""What the page of one picture makes of the services' answers."""

from datetime import timedelta

import pytest

from onlooker_console.picture.boxes import boxes
from onlooker_console.picture.faces import head, portraits
from onlooker_console.picture.known import Known, known
from onlooker_console.picture.looks import swatches
from onlooker_console.picture.way import way
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.recognition import (
    BoundingBox,
    DominantColor,
    Emotion,
    Face,
    ImageProperties,
    Instance,
    Label,
    Point,
    Pose,
    Recognition,
    TextDetection,
    Verdict,
)
from onlooker_tagger.documents import recognized as document_of
from recognitions import NOON, a_face, a_label, a_recognition, an_image, recognized

LARGE = BoundingBox(left=0.1, top=0.1, width=0.8, height=0.8)
SMALL = BoundingBox(left=0.4, top=0.4, width=0.1, height=0.1)


def found(**parts: object) -> Recognition:
    return Recognition.model_validate(
        {"width": 1000, "height": 500, "format": "JPEG", "recognized_at": NOON + timedelta(seconds=3), **parts}
    )


def a_thing(name: str, *places: BoundingBox, parents: tuple[str, ...] = ()) -> Label:
    instances = tuple(Instance(bounding_box=place, confidence=90) for place in places)
    return Label(name=name, confidence=90, parents=parents, instances=instances)


def stored(message: ImageRecognized) -> dict[str, object]:
    assert message.recognition is not None
    return {
        "state": "recognized",
        "image": message.image.model_dump(mode="json"),
        "recognition": message.recognition.model_dump(mode="json"),
    }


class TestBoxes:
    def test_are_in_pixels_of_the_picture_and_never_stick_out(self) -> None:
        outside = BoundingBox(left=-0.1, top=0.5, width=0.3, height=0.7)
        (box,) = boxes(found(labels=[a_thing("Cat", outside)]))
        assert (box.x, box.y, box.width, box.height) == (0.0, 250.0, 200.0, 250.0)

    def test_the_smaller_lie_above_the_larger_so_that_they_can_be_pointed_at(self) -> None:
        drawn = boxes(found(labels=[a_thing("Button", SMALL), a_thing("Coat", LARGE)]))
        assert [box.words for box in drawn] == ["Coat", "Button"]

    def test_one_thing_under_several_labels_has_one_box_with_the_most_special_name(self) -> None:
        labels = [
            a_thing("Person", LARGE),
            a_thing("Woman", LARGE, parents=("Person", "Adult")),
            a_thing("Adult", LARGE),
        ]
        (box,) = boxes(found(labels=labels))
        assert (box.words, box.entry) == ("Woman", "label-2")

    def test_a_person_whose_face_is_framed_has_no_words_until_pointed_at(self) -> None:
        face = Face(bounding_box=SMALL, confidence=99)
        quiet = {box.kind: box.quiet for box in boxes(found(faces=[face], labels=[a_thing("Person", LARGE)]))}
        assert quiet == {"object": True, "face": False}
        assert not boxes(found(faces=[face], labels=[a_thing("Dog", LARGE)]))[0].quiet

    def test_in_a_crowd_words_wait_until_pointed_at(self) -> None:
        assert all(box.quiet for box in boxes(found(faces=[a_face()] * 40)))

    def test_known_faces_have_their_name_and_others_their_number(self) -> None:
        drawn = boxes(found(faces=[a_face(name="Ada"), a_face()]))
        assert [(box.words, box.known, box.entry) for box in drawn] == [("Ada", True, "face-1"), ("2", False, "face-2")]

    def test_lines_of_text_are_drawn_as_they_are_turned_and_words_are_not(self) -> None:
        corners = (Point(x=0, y=0), Point(x=0.5, y=0.1), Point(x=0.5, y=0.2), Point(x=0, y=0.1))
        line = TextDetection(type="LINE", text="Hello", confidence=99, bounding_box=LARGE, polygon=corners, id=0)
        word = line.model_copy(update={"type": "WORD", "id": 1, "line_id": 0})
        (box,) = boxes(found(text=[line, word]))
        assert (box.points, box.entry) == ("0.0,0.0 500.0,50.0 500.0,100.0 0.0,50.0", "text-1")


class TestFaces:
    def test_say_what_is_undecided(self) -> None:
        face = a_face().model_copy(
            update={
                "smile": Verdict(value=True, confidence=98),
                "beard": Verdict(value=False, confidence=90),
                "sunglasses": Verdict(value=True, confidence=50),
            }
        )
        (portrait,) = portraits(found(faces=[face]))
        answers = {trait.name: trait.answer for trait in portrait.traits}
        assert answers == {"Smile": "yes", "Beard": "no", "Sunglasses": "undecided"}

    def test_leave_out_emotions_that_are_next_to_nothing(self) -> None:
        shades = (Emotion(type="FEAR", confidence=99.5), Emotion(type="SAD", confidence=0.2))
        (portrait,) = portraits(found(faces=[a_face().model_copy(update={"emotions": shades})]))
        assert [(each.type, each.name) for each in portrait.feelings] == [("FEAR", "Afraid")]

    def test_of_which_nothing_is_known_but_the_place_are_shown_too(self) -> None:
        (portrait,) = portraits(found(faces=[Face(bounding_box=SMALL, confidence=80)]))
        assert (portrait.title, portrait.looks, portrait.head, portrait.feelings) == ("Face 1", "", None, ())

    def test_are_cut_out_as_squares_around_their_middle(self) -> None:
        (portrait,) = portraits(found(faces=[Face(bounding_box=SMALL, confidence=80)]))
        x, y, width, height = map(float, portrait.crop.split())
        assert (x + width / 2, y + height / 2) == (450, 225)
        assert width == height > 100

    @pytest.mark.parametrize(
        ("roll", "yaw", "pitch", "words"),
        [
            (0, 0, 0, "Looks straight ahead"),
            (0, 20, 0, "Looks to the right"),
            (0, -50, 0, "Looks far to the left"),
            (0, 20, -20, "Looks to the right and down"),
            (-30, 0, 40, "Looks far up, tilted anticlockwise"),
        ],
    )
    def test_say_where_they_look(self, roll: float, yaw: float, pitch: float, words: str) -> None:
        assert head(Pose(roll=roll, yaw=yaw, pitch=pitch)).words == words


class TestKnown:
    def test_nothing_is_known_of_a_picture_that_nobody_knows(self) -> None:
        assert known(None, None, None) is None

    def test_the_index_alone_is_enough_for_a_page(self) -> None:
        message = recognized(an_image("a/b/cat.jpg"), a_face("SAD", name="Ada"), a_label("Cat"))
        document = document_of(message.image, message.recognition).model_dump(mode="json")
        picture = known(None, document, None)
        assert picture is not None
        assert picture.recognition is not None
        assert (picture.whole, picture.name, picture.folder) == (False, "cat.jpg", "a/b/")
        assert portraits(picture.recognition)[0].title == "Ada"
        assert [label.name for label in picture.recognition.labels] == ["Cat"]

    def test_a_stranger_is_told_from_who_was_given_a_name(self) -> None:
        face = a_face(name="Unknown 7")
        assert face.person is not None
        stranger = face.model_copy(update={"person": face.person.model_copy(update={"known": False})})
        found = a_recognition(a_face(name="Ada"), stranger, a_face())
        assert [(each.title, each.known) for each in portraits(found)] == [
            ("Ada", True),
            ("Unknown 7", False),
            ("Face 3", False),
        ]

    def test_a_failure_says_why(self) -> None:
        image = an_image()
        answer = {"state": "failed", "image": image.model_dump(mode="json"), "reason": "Broken.", "failed_at": None}
        picture = known(answer, None, None)
        assert picture is not None
        assert (picture.state, picture.reason, picture.shown) == ("failed", "Broken.", None)

    def test_more_is_to_come_until_it_is_drawn_and_indexed_but_not_for_ever(self) -> None:
        picture = pictured(annotated_at=None, indexed_at=None)
        assert picture.recognition is not None
        then = picture.recognition.recognized_at
        assert picture.pending(then + timedelta(seconds=5))
        assert not picture.pending(then + timedelta(hours=1))
        done = pictured(annotated_at=then.replace(microsecond=0).isoformat(), indexed_at=then + timedelta(seconds=1))
        assert not done.pending(then + timedelta(seconds=5))
        assert done.version != picture.version

    def test_more_is_to_come_again_once_somebody_in_it_was_named(self) -> None:
        drawn_at, named_at = NOON + timedelta(seconds=4), NOON + timedelta(days=2)
        before = pictured(annotated_at=drawn_at.isoformat(), indexed_at=drawn_at)
        named = pictured(annotated_at=drawn_at.isoformat(), indexed_at=drawn_at, identified_at=named_at.isoformat())
        assert named.version != before.version
        assert not before.pending(named_at + timedelta(seconds=1))
        assert named.pending(named_at + timedelta(seconds=1))
        after = pictured(
            annotated_at=(named_at + timedelta(seconds=1)).isoformat(),
            indexed_at=named_at + timedelta(seconds=1),
            identified_at=named_at.isoformat(),
        )
        assert not after.pending(named_at + timedelta(seconds=2))

    def test_what_browsers_do_not_show_is_not_shown_as_it_came(self) -> None:
        assert pictured(annotated_at=None, indexed_at=None).shown is not None
        assert pictured(annotated_at=None, indexed_at=None, format="TIFF").shown is None

    def test_its_small_pictures_are_asked_for_under_the_time_they_were_drawn_at(self) -> None:
        picture = pictured(annotated_at="2026-11-20T12:00:05+00:00", indexed_at=None)
        assert picture.screen is not None
        assert picture.screen.src.endswith("/screen?v=2026-11-20T12:00:05%2B00:00")
        assert picture.shown == picture.screen


def pictured(*, annotated_at: str | None, indexed_at: object, **told: str) -> Known:
    """A picture of which the recognizer told something else than usual."""
    message = recognized(an_image(), a_face())
    answer = stored(message)
    assert isinstance(answer["recognition"], dict)
    answer["recognition"] |= {
        "started_at": (NOON + timedelta(seconds=1)).isoformat(),
        "recognized_at": (NOON + timedelta(seconds=3)).isoformat(),
        **told,
    }
    document = document_of(message.image, message.recognition).model_copy(update={"indexed_at": indexed_at})
    size = {"width": 640, "height": 480}
    annotation = {"annotated_at": annotated_at, "screen": size, "annotated": size} if annotated_at else None
    picture = known(answer, document.model_dump(mode="json"), annotation)
    assert picture is not None
    return picture


class TestWay:
    def test_steps_take_the_time_since_what_they_waited_for(self) -> None:
        picture = pictured(annotated_at=None, indexed_at=None)
        steps = {step.name: step for step in way(picture)}
        assert list(steps) == ["Uploaded", "Taken up", "Recognized", "Drawn"]
        assert steps["Taken up"].took == 1.0
        assert (steps["Recognized"].took, steps["Recognized"].start) == (2.0, 33.33)
        assert steps["Drawn"].waiting

    def test_a_picture_that_was_recognized_again_much_later_is_not_said_to_have_waited(self) -> None:
        message = recognized(an_image(), a_label("Cat"))
        answer = stored(message)
        assert isinstance(answer["recognition"], dict)
        answer["recognition"] |= {
            "started_at": (NOON + timedelta(days=3)).isoformat(),
            "recognized_at": (NOON + timedelta(days=3, seconds=2)).isoformat(),
        }
        picture = known(answer, None, None)
        assert picture is not None
        steps = {step.name: step for step in way(picture)}
        assert steps["Taken up again"].took is None
        assert (steps["Recognized"].took, steps["Recognized"].start, steps["Recognized"].length) == (2.0, 0.0, 100.0)

    def test_a_picture_in_which_somebody_was_named_much_later_is_not_said_to_have_taken_so_long_to_draw(self) -> None:
        named_at = NOON + timedelta(days=3)
        picture = pictured(
            annotated_at=(named_at + timedelta(seconds=2)).isoformat(),
            indexed_at=named_at + timedelta(seconds=1),
            identified_at=named_at.isoformat(),
        )
        steps = {step.name: step for step in way(picture)}
        assert list(steps) == ["Uploaded", "Taken up", "Recognized", "People told anew", "Drawn", "In the search"]
        assert (steps["Recognized"].took, steps["People told anew"].took) == (2.0, None)
        assert (steps["Drawn"].took, steps["Drawn"].start, steps["Drawn"].length) == (2.0, 0.0, 100.0)
        assert (steps["In the search"].took, steps["In the search"].length) == (1.0, 50.0)


def test_colours_fill_their_bar() -> None:
    colors = [
        DominantColor(
            red=0, green=0, blue=0, hex_code=code, css_color=name, simplified_color="grey", pixel_percent=share
        )
        for code, name, share in (("#000000", "dark_gray", 30), ("#FFFFFF", "white", 10))
    ]
    shown = swatches(ImageProperties(dominant_colors=tuple(colors)))
    assert [(each.start, each.share) for each in shown] == [(0.0, 75.0), (75.0, 25.0)]
    assert shown[0].name == "Dark gray"
