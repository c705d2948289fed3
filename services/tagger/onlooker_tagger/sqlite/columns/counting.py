"""Statistics: counts over the pictures that filters leave."""

import numpy as np

from onlooker_tagger import facts
from onlooker_tagger.queries import TOP, Count, Share, Statistics, StatisticsQuery
from onlooker_tagger.sqlite.columns.entry import Named
from onlooker_tagger.sqlite.columns.facet import Counts, Vocabulary
from onlooker_tagger.sqlite.columns.growing import Mask
from onlooker_tagger.sqlite.columns.snapshot import Faces, Snapshot
from onlooker_tagger.sqlite.columns.timeline import timeline


def statistics(now: Snapshot, chosen: Mask, query: StatisticsQuery) -> Statistics:
    """Return counts over the chosen pictures."""
    total = int(np.count_nonzero(chosen))
    failed = int(np.count_nonzero(chosen & now.failed))
    faces = now.faces.of(chosen)

    def most(kind: Named) -> tuple[Count, ...]:
        return _most(now.facets[kind].vocabulary, now.facets[kind].counts(chosen))

    return Statistics(
        total=total,
        recognized=total - failed,
        failed=failed,
        faces=int(now.face_counts[chosen].sum()),
        labels=most("labels") if query.wants("labels") else (),
        persons=most("persons") if query.wants("persons") else (),
        person_ids=most("person_ids") if query.wants("person_ids") else (),
        emotions=_emotions(faces) if query.wants("emotions") else (),
        ages=_ages(faces) if query.wants("ages") else (),
        moderation=most("moderation") if query.wants("moderation") else (),
        colors=most("colors") if query.wants("colors") else (),
        folders=most("folder") if query.wants("folders") else (),
        failures=most("reason") if query.wants("failures") else (),
        timeline=timeline(now, chosen, faces, query.interval) if query.wants("timeline") else (),
    )


def _most(vocabulary: Vocabulary, counts: Counts) -> tuple[Count, ...]:
    """Return the most frequent names; of equally frequent ones the first by name."""
    there = np.flatnonzero(counts)
    if len(there) > TOP:
        there = there[counts[there] >= np.partition(counts[there], -TOP)[-TOP]]
    named = [Count(name=vocabulary.names[code], count=int(counts[code])) for code in there.tolist()]
    return tuple(sorted(named, key=lambda each: (-each.count, each.name))[:TOP])


def _emotions(faces: Faces) -> tuple[Share, ...]:
    shown = faces.emotions[faces.emotions >= 0]
    counts = _most(faces.vocabulary, np.bincount(shown, minlength=len(faces.vocabulary.names)))
    return tuple(Share(name=each.name, count=each.count, share=round(each.count / len(shown), 4)) for each in counts)


def _ages(faces: Faces) -> tuple[Count, ...]:
    known = (faces.low >= 0) & (faces.high >= 0)
    decades = np.bincount((faces.low[known] + faces.high[known]) // 2 // facts.DECADE)
    named = ((facts.decade(n * facts.DECADE, n * facts.DECADE), count) for n, count in enumerate(decades.tolist()))
    return tuple(Count(name=name, count=count) for name, count in named if name and count)
