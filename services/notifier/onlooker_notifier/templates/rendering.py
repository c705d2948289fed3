"""Renders templates, in jinja2's sandbox and within bounds; whatever goes wrong, the message goes out."""

import re
from dataclasses import fields
from functools import cache, lru_cache
from typing import Annotated, Any, NamedTuple

import structlog
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import AfterValidator, Field

from onlooker_notifier.templates.checking import LONGEST_BODY, LONGEST_SUBJECT, checked
from onlooker_notifier.templates.filters import FILTERS
from onlooker_notifier.templates.names import MessageNames
from onlooker_notifier.wording.wording import one_line, printable, shortened

LONGEST_TEXT = 16_000
"""Characters that come of a template; more are cut off."""
TAG_ALONE = re.compile(r"^[ \t]*(\{%(?:(?!%\}).)*%\})[ \t]*\n", re.MULTILINE)
"""A line with nothing but a tag, which is no line of the message."""
REMEMBERED = 2000
"""Templates that are kept ready."""

log = structlog.stdlib.get_logger(__name__)


class OwnWords(NamedTuple):
    """What a rule says in its own words; None: what it leaves to Onlooker."""

    subject: str | None = None
    body: str | None = None


NONE = OwnWords()
"""Of a rule that leaves all of them to Onlooker."""


def _is_one(source: str) -> str:
    checked(source, _environment())
    try:
        _ready(source)
    except (TemplateError, SyntaxError, RecursionError, ValueError) as error:
        raise ValueError(f"line 1: jinja2 cannot make this ready: {error}") from error
    return source


SubjectTemplate = Annotated[str, Field(min_length=1, max_length=LONGEST_SUBJECT), AfterValidator(_is_one)]
BodyTemplate = Annotated[str, Field(min_length=1, max_length=LONGEST_BODY), AfterValidator(_is_one)]


def rendered(templates: OwnWords, names: MessageNames, *, rule_id: str) -> OwnWords:
    """Return a message's subject in one line, and its text; None for what has no template, or comes out empty."""
    subject = _text(templates.subject, names, rule_id)
    body = _text(templates.body, names, rule_id)
    return OwnWords(one_line(subject) or None, _lines(body) or None)


def _text(source: str | None, names: MessageNames, rule_id: str) -> str:
    if source is None:
        return ""
    parts: list[str] = []
    length = 0
    try:
        for part in _ready(source).generate({each.name: getattr(names, each.name) for each in fields(names)}):
            parts.append(part)
            length += len(part)
            if length > LONGEST_TEXT:
                break
    except Exception as error:  # noqa: BLE001 - stored by an older or newer version: told in our words rather than not
        log.warning("template.failed", rule_id=rule_id, fault=type(error).__name__)
        return ""
    return "".join(parts)


def _lines(text: str) -> str:
    return shortened("\n".join(printable(line).rstrip() for line in text.split("\n")).strip("\n"), LONGEST_TEXT)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=_shown, autoescape=False)
    made.globals.clear()
    made.tests.clear()
    made.filters = {name: known.apply for name, known in FILTERS.items()}
    return made


def _shown(value: Any) -> str:
    """Return a value in one line: no file's name adds lines to a message."""
    return printable(str(value))


@lru_cache(maxsize=REMEMBERED)
def _ready(source: str) -> Template:
    return _environment().from_string(TAG_ALONE.sub(r"\1", source))
