"""What any index of the tagger must answer, worked out the slow way: every document looked at, for every question.

It shares with the indices only what is pure and tested by itself: how words are cut, grouped and weighed, how names are
folded, and which suggestion comes first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from onlooker_tagger import facts, suggesting, synonyms
from onlooker_tagger.documents import Document, FaceSummary
from onlooker_tagger.opensearch.terms import terms
from onlooker_tagger.queries import (
    TIMELINE_LIMIT,
    TOP,
    Count,
    Filters,
    ImageQuery,
    Period,
    Share,
    Statistics,
    StatisticsQuery,
    Suggestion,
    Suggestions,
    Within,
    words,
)
from onlooker_tagger.ranking import BEGINNING, SHORTNESS, SYNONYM, WEIGHTS

STARTS = {"minute": "%Y-%m-%dT%H:%M:00Z", "hour": "%Y-%m-%dT%H:00:00Z", "day": "%Y-%m-%d", "month": "%Y-%m"}


class Oracle:
    """Documents as they are to be found: of each object the newest."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = list(documents)

    def found(self, query: ImageQuery, within: Within) -> dict[str, float]:
        """The ids of all pictures that a search finds, each with what it is sorted by."""
        return {
            document.image_id: value
            for document in self._chosen(query, within)
            if (value := self._value(document, query, within)) is not None
        }

    def statistics(self, query: StatisticsQuery, within: Within) -> Statistics:
        chosen = self._chosen(query, within)
        faces = [face for document in chosen for face in document.faces]
        shown = Counter(face.emotion for face in faces if face.emotion)
        failed = [document for document in chosen if document.state == "failed"]
        ages = Counter(decade for face in faces if (decade := facts.decade(face.age_low, face.age_high)))
        counted = {
            "labels": most(each for document in chosen for each in document.tags),
            "persons": most(each for document in chosen for each in document.persons),
            "person_ids": most(each for document in chosen for each in document.person_ids),
            "moderation": most(each for x in chosen for each in {label.name for label in x.moderation}),
            "colors": most(each.name for document in chosen for each in document.colors),
            "folders": most(facts.folder(document.key) for document in chosen),
            "failures": most(document.reason for document in failed if document.reason),
            "emotions": tuple(
                Share(name=each.name, count=each.count, share=round(each.count / shown.total(), 4))
                for each in most(shown.elements())
            ),
            "ages": tuple(
                Count(name=name, count=ages[name]) for name in sorted(ages, key=lambda name: int(name.split("-")[0]))
            ),
            "timeline": timeline(chosen, STARTS[query.interval]),
        }
        return Statistics(
            total=len(chosen),
            recognized=len(chosen) - len(failed),
            failed=len(failed),
            faces=sum(document.face_count for document in chosen),
            **{aspect: counts for aspect, counts in counted.items() if query.wants(aspect)},
        )

    def suggestions(self, text: str, limit: int, within: Within) -> Suggestions:
        typed, having = suggesting.typed(text), self._names(within)
        found = [
            Suggestion.model_validate({"kind": kind, "name": name, "count": count})
            for (kind, name), count in having.items()
            if any(begun.startswith(typed) for begun in facts.beginnings(name))
        ]
        found += [
            Suggestion(kind="label", name=label, count=having["label", label], matched=word)
            for word, label in synonyms.beginning_with(typed)
        ]
        return suggesting.best(found if typed else (), typed, limit)

    def _names(self, within: Within) -> Counter[tuple[str, str]]:
        """How many pictures have each name, by kind and name."""
        having: Counter[tuple[str, str]] = Counter()
        for document in filter(within.covers, self._documents):
            having.update(("label", name) for name in facts.label_names(document))
            having.update(("person", name) for name in document.persons)
            having.update(("text", word) for word in facts.text_words(document))
            having.update(("folder", name) for name in {facts.folder(document.key)} - {""})
        return having

    def _chosen(self, query: Filters, within: Within) -> list[Document]:
        return [x for x in self._documents if within.covers(x) and meant(x, query) and score(x, query.q) is not None]

    def _value(self, document: Document, query: ImageQuery, within: Within) -> float | None:
        """What a picture is sorted by; None where it is not like the one that others are to be like."""
        alike = 0 if query.similar_to is None else self._likeness(document, query.similar_to, within)
        if query.similar_to is not None and not alike:
            return None
        if query.order != "relevance":
            return milliseconds(document.uploaded_at)
        return alike + (score(document, query.q) or 0)

    def _likeness(self, document: Document, image_id: str, within: Within) -> int:
        if document.image_id == image_id:
            return 0
        visible = [facts.label_names(each) for each in self._documents if within.covers(each)]
        [one] = [each for each in self._documents if each.image_id == image_id]
        shared = facts.label_names(one) & facts.label_names(document)
        return sum(facts.rarity(len(visible), sum(name in each for each in visible)) for name in shared)


def meant(document: Document, asked: Filters) -> bool:
    """Whether all filters hold but the free text."""
    labels = {name.casefold() for name in facts.label_names(document)}
    warnings = {name.casefold() for name in facts.moderation_names(document)}
    return all(
        (
            labels >= {name.casefold() for name in asked.label},
            {name.casefold() for name in document.persons} >= {name.casefold() for name in asked.person},
            set(document.person_ids) >= set(asked.person_id),
            {color.name.casefold() for color in document.colors} >= {name.casefold() for name in asked.color},
            asked.moderation is None or asked.moderation.casefold() in warnings,
            asked.moderated is None or asked.moderated == bool(warnings),
            not asks_of_faces(asked) or any(face_fits(face, asked) for face in document.faces),
            asked.min_faces is None or document.face_count >= asked.min_faces,
            asked.max_faces is None or document.face_count <= asked.max_faces,
            asked.since is None or milliseconds(document.uploaded_at) >= milliseconds(asked.since),
            asked.until is None or milliseconds(document.uploaded_at) < milliseconds(asked.until),
            asked.bucket in {None, document.bucket},
            document.key.startswith(asked.prefix),
            asked.state in {None, document.state},
        )
    )


def asks_of_faces(asked: Filters) -> bool:
    return any(each is not None for each in (asked.emotion, asked.min_age, asked.max_age))


def face_fits(face: FaceSummary, asked: Filters) -> bool:
    if asked.emotion not in {None, face.emotion}:
        return False
    if asked.min_age is None and asked.max_age is None:
        return True
    if face.age_low is None or face.age_high is None:
        return False
    return (asked.min_age is None or face.age_high >= asked.min_age) and (
        asked.max_age is None or face.age_low <= asked.max_age
    )


def score(document: Document, text: str | None) -> float | None:
    """How well a picture matches a free text; None if it does not."""
    if text is None:
        return 0.0
    texts = {
        "persons": list(document.persons),
        "labels": [*facts.label_names(document), *(alias for x in document.labels for alias in x.aliases)],
        "text": list(document.texts),
        "file": [document.key],
    }
    fields = {field: [terms(each) for each in found] for field, found in texts.items()}
    names = {name.casefold() for name in facts.label_names(document)}
    total = SHORTNESS / (1 + len(document.tags))
    for group in synonyms.groups(words(text)):
        counts = [word_counts(fields, terms(word), begun=begun) for word, begun in group.begun_words()]
        labelled = any(label.casefold() in names for label in group.labels)
        if not all(counts) and not labelled:
            return None
        total += (sum(counts) if all(counts) else 0) + (SYNONYM if labelled else 0)
    return total


def word_counts(fields: dict[str, list[list[str]]], wanted: Sequence[str], *, begun: bool) -> float:
    return sum(
        weight
        * (
            any(stands_in(wanted, each) for each in fields[field])
            + BEGINNING * (begun and any(stands_in(wanted, each, begun=True) for each in fields[field]))
        )
        for field, weight in WEIGHTS.items()
    )


def stands_in(wanted: Sequence[str], there: Sequence[str], *, begun: bool = False) -> bool:
    """Whether terms follow upon one another somewhere, the last perhaps only as a beginning."""
    length = len(wanted)
    return any(
        list(wanted[:-1]) == list(part[:-1]) and (part[-1].startswith(wanted[-1]) if begun else part[-1] == wanted[-1])
        for part in (there[n : n + length] for n in range(len(there) - length + 1))
    )


def most(names: Iterable[str]) -> tuple[Count, ...]:
    counted = sorted(Counter(names).items(), key=lambda each: (-each[1], each[0]))
    return tuple(Count(name=name, count=count) for name, count in counted[:TOP])


def timeline(chosen: Sequence[Document], form: str) -> tuple[Period, ...]:
    by_start: dict[str, list[Document]] = {}
    for document in sorted(chosen, key=lambda each: each.uploaded_at):
        by_start.setdefault(document.uploaded_at.astimezone(UTC).strftime(form), []).append(document)
    periods = (
        Period(
            start=start,
            count=len(group),
            failed=sum(document.state == "failed" for document in group),
            faces=sum(document.face_count for document in group),
            emotions=Counter(face.emotion for document in group for face in document.faces if face.emotion),
        )
        for start, group in by_start.items()
    )
    return tuple(periods)[-TIMELINE_LIMIT:]


def milliseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
