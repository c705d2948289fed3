"""The leaves about faces: whose they are, what they look like, and both of the same one."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from onlooker_notifier.conditions.answers import Answer, Why
from onlooker_notifier.conditions.facts import FaceFact, Facts
from onlooker_notifier.conditions.language import EmotionLeaf, FaceLeaf, PersonLeaf
from onlooker_notifier.conditions.names import folded
from onlooker_notifier.conditions.values import Percents

NAMED = 5
"""People whom a reason names."""


class OfFaces(ABC):
    """A leaf that holds of some of a picture's faces."""

    feature: str
    title: str

    def __init__(self, place: str) -> None:
        self.place = place
        self._no = Answer(False, Why(place, self.words))
        self._not_known = Answer(None, Why(place, self._not_looked_for))

    def check(self, facts: Facts) -> Answer:
        """Return whether it holds of any face, and of which."""
        if self.feature not in facts.features:
            return self._not_known
        found, undecided = self.among(facts)
        if found:
            return Answer(True, faces=frozenset(found))
        return self._not_known if undecided else self._no

    @abstractmethod
    def among(self, facts: Facts) -> tuple[list[int], bool]:
        """Return the numbers of the faces that it holds of, and whether it may hold of others."""

    @abstractmethod
    def words(self, facts: Facts) -> str:
        """Return why it holds of none."""

    def _not_looked_for(self, facts: Facts) -> str:
        if facts.event == "failed":
            return f"the picture could not be recognized: nothing is known of {self.title}"
        if self.feature not in facts.features:
            return f"nothing is known of {self.title}: this picture was not searched for {self.feature}"
        return f"nothing is known of {self.title}"


class PersonCheck(OfFaces):
    """Whose a face is."""

    feature = "people"

    def __init__(self, leaf: PersonLeaf, place: str) -> None:
        self._leaf = leaf
        self._similarity = leaf.similarity
        given = (leaf.name,) if leaf.name is not None else leaf.any_of or ()
        self._names = frozenset(folded(name) for name in given)
        self._keys = self._names | frozenset(leaf.any_of or ())
        self.title = _title(leaf)
        super().__init__(place)

    def among(self, facts: Facts) -> tuple[list[int], bool]:
        """See `OfFaces`."""
        found, undecided = [], False
        for number in self._theirs(facts):
            face = facts.faces[number]
            if self._similarity is not None and not _within(self._similarity, face.similarity):
                continue
            if self._leaf.times is None:
                found.append(number)
            elif face.times_seen is None:
                undecided = undecided or face.name is not None
            elif self._leaf.times.holds(face.times_seen):
                found.append(number)
        return found, undecided

    def _theirs(self, facts: Facts) -> Sequence[int]:
        if self._leaf.known:
            return facts.known
        if self._leaf.unknown:
            return facts.unknown
        return [number for key in self._keys for number in facts.theirs.get(key, ())]

    def words(self, facts: Facts) -> str:
        """See `OfFaces`."""
        if not facts.faces:
            return "there is no face in it"
        theirs = [facts.faces[number] for number in self._theirs(facts)]
        if self._similarity is not None and (near := _nearest(theirs)) is not None:
            who, how = near
            return f"the similarity of {who} was {how:.1f}, {self._similarity} was asked for"
        if theirs and self._leaf.times is not None:
            seen = max((face.times_seen or 0 for face in theirs), default=0)
            return f"the unknown was seen {seen} times by then, {self._leaf.times} was asked for"
        alike = max((facts.resembled.get(name, 0.0) for name in self._names), default=0.0)
        if alike:
            return f"a face resembles {self.title} by {alike:.1f} only, too little to be called so"
        return f"{self.title} is not in it; {_present(facts.faces)}"


class EmotionCheck(OfFaces):
    """What a face looks like."""

    feature = "faces"

    def __init__(self, leaf: EmotionLeaf, place: str) -> None:
        self._leaf = leaf
        self._wanted = frozenset(leaf.is_)
        self.title = f"a face that looks {_or([each.lower() for each in leaf.is_])}"
        super().__init__(place)

    def among(self, facts: Facts) -> tuple[list[int], bool]:
        """See `OfFaces`."""
        return [number for number, face in enumerate(facts.faces) if self._is(face)], False

    def _is(self, face: FaceFact) -> bool:
        if self._leaf.confidence is None:
            return face.emotion in self._wanted
        for each in self._wanted:  # a loop: this is asked of every face by every rule
            confidence = face.emotions.get(each)
            if confidence is not None and self._leaf.confidence.holds(confidence):
                return True
        return False

    def words(self, facts: Facts) -> str:
        """See `OfFaces`."""
        if not facts.faces:
            return "there is no face in it"
        if self._leaf.confidence is None:
            shown = sorted({face.emotion.lower() for face in facts.faces if face.emotion})
            return f"no face looks {_or([e.lower() for e in self._leaf.is_])} most of all; they look {_or(shown)}"
        best = max((face.emotions.get(each, 0.0) for face in facts.faces for each in self._wanted), default=0.0)
        return f"the confidence of {self.title} was {best:.1f}, {self._leaf.confidence} was asked for"


class SameFaceCheck(OfFaces):
    """Whose a face is and what that very face looks like."""

    def __init__(self, leaf: FaceLeaf, place: str) -> None:
        parts: list[OfFaces] = []
        if leaf.person is not None:
            parts.append(PersonCheck(leaf.person, f"{place}.person"))
        if leaf.emotion is not None:
            parts.append(EmotionCheck(leaf.emotion, f"{place}.emotion"))
        self._parts = parts
        self.feature = parts[0].feature
        self.title = " and ".join(part.title for part in parts)
        super().__init__(place)

    def check(self, facts: Facts) -> Answer:
        """See `OfFaces`."""
        same: frozenset[int] | None = None
        for part in self._parts:
            answer = part.check(facts)
            if not answer.holds:
                return answer
            same = answer.faces if same is None else same & answer.faces
        return Answer(True, faces=same) if same else self._no

    def among(self, facts: Facts) -> tuple[list[int], bool]:
        """See `OfFaces`."""
        common = set(range(len(facts.faces)))
        for part in self._parts:
            common &= set(part.among(facts)[0])
        return sorted(common), False

    def words(self, _facts: Facts) -> str:
        """See `OfFaces`."""
        return f"{self.title} are there, but not as one and the same face"


def _within(wanted: Percents, value: float | None) -> bool:
    return value is not None and wanted.holds(value)


def _nearest(faces: Sequence[FaceFact]) -> tuple[str, float] | None:
    alike = [(face.similarity, face.name or "the unknown") for face in faces if face.similarity is not None]
    if not alike:
        return None
    how, who = max(alike)
    return who, how


def _title(leaf: PersonLeaf) -> str:
    if leaf.known:
        return "anybody who is known"
    if leaf.unknown:
        return "an unknown"
    return _or([leaf.name] if leaf.name is not None else list(leaf.any_of or ()))


def _present(faces: Sequence[FaceFact]) -> str:
    names = list(dict.fromkeys(face.name for face in faces if face.name))
    if not names:
        return "nobody in it is known"
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"there are {', '.join(names[:NAMED])}{more}"


def _or(names: Sequence[str]) -> str:
    if not names:
        return "like nothing in particular"
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
