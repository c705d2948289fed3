"""Names in any script are set with the right font, in the right form and order; nothing crashes."""

import numpy as np
import numpy.typing as npt
import pytest

from onlooker_annotator import fonts
from onlooker_annotator.text import SetLine, font_runs, measure, set_line

SIZE = 40
NAMES = {
    "Latin": "Łukasz Ömer",
    "Greek": "Ωμέγα",
    "Cyrillic": "Ѓорѓи",
    "Arabic": "محمد علي",
    "Hebrew": "דוד בן־גוריון",
    "Devanagari": "अमिताभ श्री",
    "Thai": "สมชาย ญี่ปุ่น",
    "Tamil": "கமலா",
    "Burmese": "မြန်မာ",
    "Khmer": "ខ្មែរ",
    "Amharic": "አበበ",
    "Japanese": "田中さくら",
    "Chinese": "陈小明",
    "Korean": "김철수",
}


def pixels(line: SetLine) -> npt.NDArray[np.uint8]:
    return np.frombuffer(line.coverage, np.uint8).reshape(line.ink_height, line.ink_width)


def fonts_of(text: str) -> list[tuple[str, str]]:
    return [(run, fonts.CATALOGUE[index][1]) for run, index in font_runs(text)]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_every_script_has_a_font(name: str) -> None:
    assert all(fonts.covers(index, character) for run, index in font_runs(name) for character in run)
    assert set_line(name, SIZE).ink_width > SIZE


@pytest.mark.parametrize(
    ("text", "naively"),
    [
        pytest.param("علي", ("ع", "ل", "ي"), id="Arabic letters join"),
        pytest.param("श्री", ("श", "्", "र", "ी"), id="Devanagari letters form a ligature"),
        pytest.param("👩🏽‍🚀", ("👩", "🏽", "\u200d", "🚀"), id="a joined emoji is one"),
    ],
)
def test_letters_are_shaped_and_not_only_lined_up(text: str, naively: tuple[str, ...]) -> None:
    assert measure(text, SIZE).width < 0.95 * sum(measure(part, SIZE).width for part in naively)


def test_a_mark_stands_on_its_letter() -> None:
    letter, marked = set_line("q", SIZE), set_line("q\u0301", SIZE)
    assert marked.extent.width == letter.extent.width
    assert marked.extent.ascent > letter.extent.ascent + SIZE // 8


def test_hebrew_begins_at_the_right() -> None:
    shin, both = pixels(set_line("ש", SIZE)), pixels(set_line("שי", SIZE))
    columns = shin.shape[1]
    assert np.abs(both[-shin.shape[0] :, -columns:].astype(int) - shin).mean() < 12
    assert np.abs(both[-shin.shape[0] :, :columns].astype(int) - shin).mean() > 40


def test_a_vowel_sign_that_is_written_after_is_drawn_before() -> None:
    ka, ki = set_line("क", SIZE), set_line("कि", SIZE)
    left_part = pixels(ki)[:, : ki.ink_width - ka.ink_width + 2]
    assert ki.extent.width > ka.extent.width
    assert left_part.max() == 255


def test_the_font_is_chosen_for_each_part() -> None:
    assert fonts_of("Ada عمر さくら 👍") == [
        ("Ada ", "NotoSans[wght].ttf"),
        ("عمر ", "NotoSansArabic[wght].ttf"),
        ("さくら ", "NotoSansCJK-VF.otf.ttc"),
        ("👍", "NotoEmoji[wght].ttf"),
    ]


def test_what_follows_an_emoji_is_set_as_text() -> None:
    assert fonts_of("👍 12") == [("👍", "NotoEmoji[wght].ttf"), (" 12", "NotoSans[wght].ttf")]


def test_a_mark_stays_with_its_letter_even_if_another_font_has_it() -> None:
    assert len(fonts_of("क\u0301ख")) == 1


def test_han_characters_take_the_form_of_their_language() -> None:
    japanese, chinese = set_line("直あ", SIZE), set_line("直", SIZE)
    width = chinese.ink_width
    assert np.abs(pixels(japanese)[: chinese.ink_height, :width].astype(int) - pixels(chinese)).mean() > 10


@pytest.mark.parametrize("text", ["\U00012000\U0001e900", "\U0010ffff", "ᠮᠣ x"])
def test_a_character_that_no_font_has_is_a_box(text: str) -> None:
    line = set_line(text, SIZE)
    assert line.ink_width > 0
    assert len(line.coverage) == line.ink_width * line.ink_height


@pytest.mark.parametrize("text", ["", " ", "\u200d", "\u202f"])
def test_nothing_to_see_is_no_ink(text: str) -> None:
    line = set_line(text, SIZE)
    assert (line.ink_width, line.ink_height, line.coverage) == (0, 0, b"")


def test_size_is_in_pixels() -> None:
    capital = measure("H", 100)
    assert 69 <= capital.ascent <= 74  # Noto Sans' capitals are 0.714 em high
    assert capital.descent == 0
    assert measure("H", 50).width == pytest.approx(capital.width / 2, abs=1)


def test_tall_letters_say_so() -> None:
    assert measure("ญี่ปุ่น", SIZE).ascent > measure("H", SIZE).ascent
    assert measure("ปุ่น", SIZE).descent > measure("Hp", SIZE).descent
