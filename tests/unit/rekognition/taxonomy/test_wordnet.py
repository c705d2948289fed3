"""WordNet's files are read as its manual describes them."""

from pathlib import Path

import pytest

from onlooker_rekognition.taxonomy.wordnet import WordNet

NOUNS = """\
  1 This software and database is being provided to you, the LICENSEE,
00000010 03 n 01 entity 0 000 | that which is
00000020 03 n 02 domestic_dog 0 Canis_familiaris 0 002 @ 00000010 n 0000 ~ 00000030 n 0000 | barks | loudly
00000030 03 n 01 pug 0 001 @i 00000020 n 0000 | a small one
"""
SENSES = """\
dog%2:38:00:: 00000099 1 2
domestic_dog%1:05:00:: 00000020 1 42
pug%1:05:00:: 00000030 2 0
"""


@pytest.fixture
def wordnet(tmp_path: Path) -> WordNet:
    (tmp_path / "data.noun").write_text(NOUNS)
    (tmp_path / "index.sense").write_text(SENSES)
    return WordNet.read(tmp_path)


def test_words_and_what_is_above_them(wordnet: WordNet) -> None:
    assert wordnet.synsets[20].words == ("domestic dog", "Canis familiaris")
    assert list(wordnet.above(30)) == [20, 10]
    assert wordnet.by_word["canis familiaris"] == [20]
    assert wordnet.by_words["pug",] == [30]


def test_senses_of_nouns_have_keys(wordnet: WordNet) -> None:
    assert wordnet.sense("pug.2") == 30
    with pytest.raises(KeyError):
        wordnet.sense("dog.1")
