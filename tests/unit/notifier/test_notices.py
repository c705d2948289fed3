"""What an alert keeps of a picture."""

from onlooker_notifier.notices import recognized
from recognitions import a_label, a_recognition, an_image


def test_a_notice_does_not_say_what_a_label_implies() -> None:
    found = a_recognition(a_label("Animal"), a_label("Pet", "Animal"), a_label("Cat", "Animal", "Pet"), a_label("Cup"))
    assert recognized(an_image(), found).labels == ("Cat", "Cup")


def test_a_notice_keeps_the_most_confident_labels() -> None:
    found = a_recognition(*(a_label(f"Label {number}") for number in range(9)))
    assert recognized(an_image(), found).labels == tuple(f"Label {number}" for number in range(5))
