"""Which pictures filters leave."""

from collections.abc import Iterable

import numpy as np

from onlooker_tagger.facts import milliseconds
from onlooker_tagger.queries import Filters, Within
from onlooker_tagger.sqlite.columns.entry import Named
from onlooker_tagger.sqlite.columns.growing import Mask
from onlooker_tagger.sqlite.columns.snapshot import Snapshot

Kinds = tuple[Named, ...]
LABELS: Kinds = ("labels", "parents")
MODERATION: Kinds = ("moderation", "moderation_parents")


def left(now: Snapshot, filters: Filters, within: Within) -> Mask:
    """Return which pictures the filters mean and the caller may know of, but for the free text."""
    found = now.visible(within).copy()
    if filters.bucket is not None or filters.prefix:
        found &= now.placed(filters.bucket, filters.prefix)
    for kinds, names in _named(filters):
        for name in names:
            found &= named(now, kinds, name)
    for person_id in filters.person_id:
        found &= _has_person(now, person_id)
    if filters.moderated is not None:
        found &= now.having(now.facets["moderation"].rows) == filters.moderated
    _keep_faces(found, now, filters)
    _keep_numbers(found, now, filters)
    return found


def named(now: Snapshot, kinds: Kinds, name: str) -> Mask:
    """Return which pictures have a name, in any case, among their names of some kinds."""
    found = np.zeros(len(now.ids), np.bool_)
    for kind in kinds:
        facet = now.facets[kind]
        found[facet.rows_of(facet.vocabulary.alike(name))] = True
    return found


def _has_person(now: Snapshot, person_id: str) -> Mask:
    found = np.zeros(len(now.ids), np.bool_)
    facet = now.facets["person_ids"]
    if (code := facet.vocabulary.find(person_id)) is not None:
        found[facet.rows_of([code])] = True
    return found


def _named(filters: Filters) -> Iterable[tuple[Kinds, tuple[str, ...]]]:
    yield LABELS, filters.label
    yield ("persons",), filters.person
    yield ("colors",), filters.color
    yield MODERATION, (filters.moderation,) if filters.moderation is not None else ()
    yield ("state",), (filters.state,) if filters.state is not None else ()


def _keep_faces(found: Mask, now: Snapshot, filters: Filters) -> None:
    """Keep the pictures with one face that has all that is asked of a face."""
    if filters.emotion is None and filters.min_age is None and filters.max_age is None:
        return
    faces = now.faces
    fit = np.ones(len(faces.rows), np.bool_)
    if filters.emotion is not None:
        code = faces.vocabulary.find(filters.emotion)
        fit &= (faces.emotions == code) if code is not None else False
    if filters.min_age is not None:
        fit &= faces.high >= filters.min_age  # one that is not known is below every age
    if filters.max_age is not None:
        fit &= (faces.low >= 0) & (faces.low <= filters.max_age)
    found &= now.having(faces.rows[fit])


def _keep_numbers(found: Mask, now: Snapshot, filters: Filters) -> None:
    if filters.min_faces is not None:
        found &= now.face_counts >= filters.min_faces
    if filters.max_faces is not None:
        found &= now.face_counts <= filters.max_faces
    if filters.since is not None:
        found &= now.uploaded >= milliseconds(filters.since)
    if filters.until is not None:
        found &= now.uploaded < milliseconds(filters.until)
