"""The labels hold together: what a label is a kind of is a label, and never less likely than it."""

import numpy as np
import pytest

from onlooker_rekognition.vision.taxonomy import CLASSIFIED, DETECTED, Taxonomy

PEOPLE = 982
"""The one class of the classifier that is nothing but a person: a bridegroom."""

CATEGORIES = {
    "Animals and Pets",
    "Apparel and Accessories",
    "Beauty and Personal Care",
    "Buildings and Architecture",
    "Events and Attractions",
    "Everyday Objects",
    "Food and Beverage",
    "Furniture and Furnishings",
    "Health and Fitness",
    "Hobbies and Interests",
    "Home Appliances",
    "Home and Indoors",
    "Materials",
    "Medical",
    "Nature and Outdoors",
    "Offices and Workspaces",
    "Person Description",
    "Plants and Flowers",
    "Religion",
    "Sports",
    "Symbols and Flags",
    "Technology and Computing",
    "Text and Documents",
    "Tools and Machinery",
    "Toys and Gaming",
    "Transport and Logistics",
    "Travel and Adventure",
    "Vehicles and Automotive",
    "Weapons and Military",
}
"""Of Rekognition's published list, those that have a label here."""


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return Taxonomy.read()


def test_every_parent_is_a_label_and_none_its_own_ancestor(taxonomy: Taxonomy) -> None:
    for name, above in taxonomy.ancestors.items():
        assert set(above) <= set(taxonomy.names)
        assert name not in above
        assert list(above) == sorted(set(above))


def test_every_class_of_both_networks_has_one_label(taxonomy: Taxonomy) -> None:
    assert len(set(taxonomy.detected)) == DETECTED
    classes = [number for term in taxonomy.terms.values() for number in term.classes]
    assert sorted(classes) == [number for number in range(CLASSIFIED) if number != PEOPLE]


def test_every_label_can_be_found(taxonomy: Taxonomy) -> None:
    found = {name for name, term in taxonomy.terms.items() if term.classes or term.detector is not None}
    assert set(taxonomy.names) == found.union(*(taxonomy.ancestors[name] for name in found))


def test_no_two_labels_share_a_name_and_none_has_anothers_for_an_alias(taxonomy: Taxonomy) -> None:
    names = [name.casefold() for name in taxonomy.names]
    aliases = [alias.casefold() for term in taxonomy.terms.values() for alias in term.aliases]
    assert len(set(names + aliases)) == len(names) + len(aliases)


def test_every_label_is_in_one_of_rekognitions_categories(taxonomy: Taxonomy) -> None:
    assert {term.category for term in taxonomy.terms.values()} == CATEGORIES


def test_labels_have_rekognitions_names_parents_and_aliases(taxonomy: Taxonomy) -> None:
    assert taxonomy.ancestors["Dog"] == ("Animal", "Canine", "Mammal", "Pet")
    assert taxonomy.ancestors["Golden Retriever"] == ("Animal", "Canine", "Dog", "Mammal", "Pet", "Retriever")
    assert taxonomy.ancestors["Airplane"] == ("Aircraft", "Transportation", "Vehicle")
    assert taxonomy.ancestors["Coffee Cup"] == ("Cup",)
    assert taxonomy.ancestors["Person"] == ()
    assert taxonomy.terms["Car"].aliases == ("Automobile",)
    assert taxonomy.detected[0] == "Person"
    assert taxonomy.detected[2] == "Car"


def test_no_class_of_the_classifier_is_a_person(taxonomy: Taxonomy) -> None:
    assert not taxonomy.members[taxonomy.rows_of("Person")].any()


def test_a_kind_has_every_class_of_its_kinds_and_so_no_smaller_a_sum(taxonomy: Taxonomy) -> None:
    probabilities = np.random.default_rng(0).dirichlet(np.full(CLASSIFIED, 0.01)).astype(np.float32)
    sums = taxonomy.sums(probabilities)
    np.testing.assert_allclose(sums, taxonomy.members @ probabilities, atol=1e-6)
    for name in taxonomy.names:
        (row,) = taxonomy.rows_of(name)
        for above in taxonomy.rows_of(*taxonomy.ancestors[name]):
            assert (taxonomy.members[above] >= taxonomy.members[row]).all()
            assert sums[above] >= sums[row]
