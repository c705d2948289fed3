"""What single characters mean for a line of text, before any font is asked."""

import unicodedata

_CONTROL = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
"""Zero-width (non-)joiner: invisible, but Indic scripts, Persian and emoji are spelled with them."""
_MARKS = frozenset({"Mn", "Mc", "Me"})
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def clean(text: str, limit: int) -> str:
    """Return `text` as one line of at most `limit` characters.

    It is composed (NFC), its white space is single spaces, controls and direction marks are gone. What was longer ends
    with an ellipsis; no letter is cut off its marks.
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join(character for character in spaced if _is_kept(character))
    if len(kept) <= limit:
        return kept
    end = max(limit - 1, 0)
    while end > 0 and (continues(kept[end]) or kept[end - 1] in _JOINERS):
        end -= 1
    return f"{kept[:end].rstrip()}…"


def continues(character: str) -> bool:
    """Whether a character is part of the one before it: a mark, a joiner, a skin tone."""
    return unicodedata.category(character) in _MARKS or character in _JOINERS or ord(character) in _SKIN_TONES


def _is_kept(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in _CONTROL and (category != "Cf" or character in _JOINERS)
