"""The table of labels holds together."""

from onlooker_rekognition.vision.coco import CLASSES, TERMS, ancestors


def test_every_class_has_a_name_of_its_own() -> None:
    assert len(CLASSES) == 80
    assert len({term.name for term in TERMS.values()}) == len(TERMS)
    assert {term.name for term in CLASSES} <= set(TERMS)


def test_every_parent_is_a_label_and_none_its_own_ancestor() -> None:
    for name in TERMS:
        above = ancestors(name)
        assert set(above) <= set(TERMS)
        assert name not in above
        assert list(above) == sorted(set(above))


def test_every_kind_is_a_kind_of_something_that_is_found() -> None:
    reached = {elder for term in CLASSES for elder in ancestors(term.name)}
    assert {*reached, *(term.name for term in CLASSES)} == set(TERMS)


def test_ancestors_reach_all_the_way_up() -> None:
    assert ancestors("Dog") == ("Animal", "Canine", "Mammal", "Pet")
    assert ancestors("Airplane") == ("Aircraft", "Transportation", "Vehicle")
    assert ancestors("Person") == ()
