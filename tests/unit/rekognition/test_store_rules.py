from onlooker_rekognition.store import Outcome, Refusal
from onlooker_rekognition.stores.rules import HeldFace, association, mean_of
from rekognition_fakes import embedding_of


def held(face_id: str, person: int | None, user_id: str | None = None) -> HeldFace:
    return HeldFace(1, face_id, user_id, None if person is None else embedding_of(person))


def test_faces_of_another_model_are_left_out_of_a_mean() -> None:
    mean = mean_of([held("a", 1), held("b", None)])
    assert mean.tolist() == embedding_of(1).tolist()
    assert mean_of([held("b", None)]) is None


def test_faces_that_cannot_be_compared_are_not_alike() -> None:
    faces = {"new": held("new", 1), "old": held("old", None)}
    refused = [Refusal("old", "LOW_MATCH_CONFIDENCE")]
    assert association(["new", "old"], faces, "kit", [held("own", 1, "kit")], threshold=0) == Outcome(["new"], refused)
    refused = [Refusal("new", "LOW_MATCH_CONFIDENCE"), *refused]
    assert association(["new", "old"], faces, "kit", [held("own", None, "kit")], threshold=0) == Outcome([], refused)


def test_faces_of_one_request_do_not_depend_on_their_order() -> None:
    faces = {"near": held("near", 1), "far": held("far", 2)}
    own = [held("own", 1, "kit")]
    for order in (["near", "far"], ["far", "near"]):
        assert association(order, faces, "kit", own, threshold=80).done == ["near"]
