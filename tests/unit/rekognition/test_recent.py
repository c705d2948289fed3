from onlooker_rekognition.recent import RecentFaces
from onlooker_rekognition.searchable import Searchable

NOBODY = Searchable((), 100, 100)


def test_faces_of_the_same_bytes_are_found_once() -> None:
    recent, found = RecentFaces(), []
    for _ in range(2):
        assert recent.get(b"a", lambda: found.append(b"a") or NOBODY) == NOBODY
    assert found == [b"a"]


def test_only_a_few_pictures_are_remembered_the_last_ones() -> None:
    recent, found = RecentFaces(), []
    for key in (b"a", *(bytes([number]) for number in range(100)), b"a"):
        recent.get(key, lambda key=key: found.append(key) or NOBODY)
    assert found.count(b"a") == 2
