"""What else a result holds changes nothing of what is indexed of faces and labels."""

from onlooker_shared.recognition import ImageProperties, Missing, ModerationLabel
from onlooker_tagger import documents
from recognitions import a_face, a_label, a_recognition, an_image

FIELDS = {"tags", "tag_id", "face_count", "faces", "persons", "labels", "state", "created_at", "width", "height"}


def test_faces_and_labels_are_indexed_whatever_else_was_looked_for() -> None:
    plain = a_recognition(a_face(), a_label("Cat"))
    more = plain.model_copy(
        update={
            "moderation": (ModerationLabel(name="Weapons", confidence=90.0),),
            "properties": ImageProperties(brightness=50.0),
            "features": ("faces", "labels", "moderation", "properties"),
            "missing": (Missing(feature="text", reason="denied"),),
        }
    )
    rich, poor = documents.recognized(an_image(), more), documents.recognized(an_image(), plain)
    assert rich.model_dump(include=FIELDS) == poor.model_dump(include=FIELDS)


def test_a_picture_whose_faces_and_labels_were_not_looked_for_is_indexed_without_them() -> None:
    document = documents.recognized(an_image(), a_recognition().model_copy(update={"features": ("text",)}))
    assert (document.tags, document.face_count, document.state) == ((), 0, "recognized")
