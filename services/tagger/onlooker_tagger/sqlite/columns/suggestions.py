"""What can be searched for that begins as was typed."""

from collections.abc import Iterator

from onlooker_tagger import suggesting, synonyms
from onlooker_tagger.queries import Kind, Suggestion, SuggestionQuery, Suggestions, Within
from onlooker_tagger.sqlite.columns.entry import Named
from onlooker_tagger.sqlite.columns.snapshot import Snapshot

SUGGESTED: dict[Named, Kind] = {
    "labels": "label",
    "parents": "label",
    "persons": "person",
    "words": "text",
    "folder": "folder",
}


def suggest(now: Snapshot, query: SuggestionQuery, within: Within) -> Suggestions:
    """Return what is best, counted among what the caller may know of."""
    typed = suggesting.typed(query.q)
    return suggesting.best(_found(now, typed, within) if typed else (), typed, query.limit)


def _found(now: Snapshot, typed: str, within: Within) -> Iterator[Suggestion]:
    for _, kind, code in now.prefixes.find(typed):
        name = now.facets[kind].vocabulary.names[code]
        if count := _count(now, SUGGESTED[kind], name, within):
            yield Suggestion(kind=SUGGESTED[kind], name=name, count=count)
    for word, label in synonyms.beginning_with(typed):
        if count := _count(now, "label", label, within):
            yield Suggestion(kind="label", name=label, count=count, matched=word)


def _count(now: Snapshot, kind: Kind, name: str, within: Within) -> int:
    """Return how many pictures have a name; none has a label both itself and only as a parent."""
    return sum(now.count(facet, name, within) for facet, of in SUGGESTED.items() if of == kind)
