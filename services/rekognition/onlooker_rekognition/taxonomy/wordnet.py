"""WordNet's nouns: what words mean, and what is a kind of what. The format is that of its manual page wndb(5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_HYPERNYMS = {"@", "@i"}
_NOUN = "%1:"


@dataclass(frozen=True, slots=True)
class Synset:
    """Words that mean one thing, the most usual first, and the offsets of what it is directly a kind of."""

    words: tuple[str, ...]
    hypernyms: tuple[int, ...]


class WordNet:
    """The nouns by their offsets in the database, which differ from version to version."""

    def __init__(self, synsets: Mapping[int, Synset], senses: Mapping[str, int]) -> None:
        self.synsets = synsets
        self.by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self._senses = senses
        for offset, synset in synsets.items():
            self.by_words[synset.words].append(offset)
            for word in synset.words:
                self.by_word[word.lower()].append(offset)

    @classmethod
    def read(cls, folder: Path) -> WordNet:
        """The database in a folder with `data.noun` and `index.sense`."""
        with (folder / "data.noun").open(encoding="utf-8") as lines:
            synsets = dict(_synset(line) for line in lines if not line.startswith(" "))
        with (folder / "index.sense").open(encoding="utf-8") as lines:
            senses = dict(_sense(line) for line in lines if _NOUN in line)
        return cls(synsets, senses)

    def sense(self, key: str) -> int:
        """The offset of a word's numbered sense, such as `dog.1`. Raises KeyError."""
        return self._senses[key]

    def above(self, offset: int) -> Iterator[int]:
        """All that a synset is a kind of, at any remove; perhaps more than once."""
        for hypernym in self.synsets[offset].hypernyms:
            yield hypernym
            yield from self.above(hypernym)


def _synset(line: str) -> tuple[int, Synset]:
    """`offset file type w_cnt (word lex_id)* p_cnt (symbol offset type source)* | gloss`; w_cnt is hexadecimal."""
    fields = line.split(" | ", maxsplit=1)[0].split()
    end = 4 + 2 * int(fields[3], 16)
    words = tuple(word.replace("_", " ") for word in fields[4:end:2])
    pointers = zip(fields[end + 1 :: 4], fields[end + 2 :: 4], strict=False)
    return int(fields[0]), Synset(words, tuple(int(to) for symbol, to in pointers if symbol in _HYPERNYMS))


def _sense(line: str) -> tuple[str, int]:
    """`sense_key offset number count`."""
    key, offset, number, _ = line.split()
    return f"{key.split('%')[0].replace('_', ' ')}.{number}", int(offset)
