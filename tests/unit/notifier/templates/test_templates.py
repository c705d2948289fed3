"""Rules say what they want in their own words, and no template can run for long, reach out, or silence its rule."""

import re
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from onlooker_notifier import notices
from onlooker_notifier.letters import letters
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule, RuleDraft
from onlooker_notifier.templates.checking import MOST_STEPS
from onlooker_notifier.templates.filters import FILTERS
from onlooker_notifier.templates.names import (
    LoopNames,
    MessageNames,
    PersonNames,
    PictureNames,
    RuleNames,
    message_names,
)
from onlooker_notifier.templates.rendering import LONGEST_TEXT, BodyTemplate, OwnWords, SubjectTemplate, rendered
from onlooker_notifier.wording.local_time import LocalTime
from onlooker_notifier.wording.wording import LONGEST
from onlooker_shared.recognition import Person
from recognitions import NOON, a_face, a_label, a_recognition, an_image

README = Path(__file__).parents[4] / "services" / "notifier" / "README.md"
LOCAL = LocalTime(ZoneInfo("Europe/Berlin"), NOON + timedelta(minutes=1))
SUBJECT: TypeAdapter[str] = TypeAdapter(SubjectTemplate)
BODY: TypeAdapter[str] = TypeAdapter(BodyTemplate)


def ann(key: str = "front-door/1.jpg", name: str = "Ann") -> Notice:
    person = Person(person_id="p1", name=name, similarity=97.8, times_seen=3)
    face = a_face("HAPPY").model_copy(update={"person": person})
    recognition = a_recognition(face, a_face("SAD"), a_label("Cat"), a_label("Cup"))
    return notices.recognized(an_image(key), recognition.model_copy(update={"features": ("faces", "people", "labels")}))


def names_of(pictures: Sequence[Notice] = ()) -> MessageNames:
    return message_names(
        pictures or [ann()],
        rule_id="door",
        rule_name="At the door",
        picture_url="https://onlooker.example.com/pictures/{image_id}",
        local=LOCAL,
    )


def said(template: str, *pictures: Notice) -> str:
    """What a template that may be stored comes to."""
    return rendered(OwnWords(body=BODY.validate_python(template)), names_of(pictures), rule_id="door").body or ""


def refusal(template: str) -> str:
    with pytest.raises(ValidationError) as refused:
        BODY.validate_python(template)
    return str(refused.value.errors()[0]["msg"])


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hello", "Hello"),
        ("{{ names|join(' and ') }} at {{ camera }}, {{ time }}", "Ann at front-door, 13:00"),
        ("{{ date }} {{ picture.time }} {{ zone }}", "2026-11-20 13:00 Europe/Berlin"),
        ("{{ similarity }} % {{ persons|length }}: {{ emotions|join|lower }}", "97 % 1: happy, sad"),
        ("{{ rule.name|upper }} {{ rule.id }}", "AT THE DOOR door"),
        ("{% for person in persons %}{{ person.name }} {{ person.times_seen }}x{% endfor %}", "Ann 3x"),
        ("{% if 'Ann' in names and count == 1 %}She{% elif unknown %}Who{% else %}Nobody{% endif %}", "She"),
        ("{% if not failed and similarity >= 95 %}sure{% endif %}", "sure"),
        ("{{ 'many' if count > 1 else 'one' }}", "one"),
        ("{{ reason_of }}".replace("reason_of", "picture.reason|default('all is well')"), "all is well"),
        ("{{ picture.reason or subject|truncate(7) }}", "Ann an…"),
        ("{{ labels|first }}-{{ labels|last }}", "Cat-Cup"),
        ("{# not said #}100 %", "100 %"),
        ("{% raw %}{{ as it is }}{% endraw %}", "{{ as it is }}"),
        ("{% if count %}yes{% endif %}\n  {% if count %}  \nso\n{% endif %}", "yes\nso"),
        ("a\n\n{% for label in labels %}\n- {{ loop.index }} {{ label }}\n{% endfor %}\nb", "a\n\n- 1 Cat\n- 2 Cup\nb"),
    ],
)
def test_says_what_the_template_says(template: str, text: str) -> None:
    assert said(template) == text


def test_goes_over_all_pictures() -> None:
    told = said(
        "{% for each in pictures %}\n"
        "{{ each.key }}: {% for name in each.names %}{{ name }}{% endfor %} {{ each.link }}\n"
        "{% endfor %}",
        ann("a/1.jpg"),
        ann("b/2.jpg"),
    )

    assert [line.split(" ")[:2] for line in told.split("\n")] == [["a/1.jpg:", "Ann"], ["b/2.jpg:", "Ann"]]
    assert told.count("https://onlooker.example.com/pictures/") == 2


def test_tells_of_what_is_no_picture_by_its_reason_and_links_to_nothing() -> None:
    absence = notices.watched("absence", "absence.desk.1", NOON.timestamp(), "Nobody at the desk for 30 minutes")

    assert said("{{ picture.reason }} ({{ time }}){{ link }}", absence) == "Nobody at the desk for 30 minutes (13:00)"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("fine\n{{ pictur }}", "line 2: there is no `pictur`; there are camera, count"),
        ("{{ picture.nam }}", "there is no `nam` here; there are bucket, camera"),
        ("{{ picture }}", "this has parts; say which one"),
        ("{{ names }}", "use the filter `join`"),
        ("{{ count > 1 }}", "use it with `if`"),
        ("{{ names|map('upper') }}", "there is no filter `map`; there are capitalize"),
        ("{{ camera|join }}", "the filter `join` takes a list; this is a text"),
        ("{{ camera|truncate('x') }}", "takes one number in parentheses"),
        ("{{ 'Ann' > 1 }}", "a text cannot be compared with a number"),
        ("{{ 'x' if count }}", "say what else"),
        ("{{ names is defined }}", "no tests with `is`"),
        ("{% for x in camera %}{% endfor %}", "a loop goes over a list of the message: persons, names"),
        ("{% for names in pictures %}{% endfor %}", "there is a `names` already"),
        ("{{ none }}", "there is no `none`"),
        ("\n\n{{ a", "line 3: unexpected end of template"),
        ("{% if %}", "line 1"),
        ("{% break %}", "unknown tag 'break'"),
    ],
)
def test_says_in_words_and_with_the_line_what_is_wrong(template: str, words: str) -> None:
    assert words in refusal(template)


@pytest.mark.parametrize(
    "template",
    [
        # attributes
        "{{ ''.__class__.__mro__ }}",
        "{{ picture.__class__ }}",
        "{{ picture['__class__'] }}",
        "{{ names|attr('__class__') }}",
        "{{ loop.__init__.__globals__ }}",
        "{% for p in persons %}{{ loop.cycle.__globals__ }}{% endfor %}",
        "{% for p in persons %}{{ loop._iterable }}{% endfor %}",
        "{{ rule.name.format }}",
        "{{ self._TemplateReference__context }}",
        # calls, and what jinja2 brings along
        "{{ range(999999999) }}",
        "{{ lipsum(n=100000) }}",
        "{{ cycler('a').next() }}",
        "{{ namespace() }}",
        "{{ names.append('x') }}",
        "{{ 'x'.join(names) }}",
        "{% for p in persons %}{{ loop(persons) }}{% endfor %}",
        # recursion
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{% for p in persons recursive %}{{ loop(persons) }}{% endfor %}",
        "{% include 'self' %}",
        "{% extends 'self' %}",
        "{% import 'os' as os %}",
        "{% from 'os' import system %}",
        "{% block a %}{{ self.a() }}{% endblock %}",
        "{% call(x) x() %}{% endcall %}",
        # much of it
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 999999999 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ 1 + 1 }}",
        "{{ -1 }}",
        "{{ 'x'|center(999999999) }}",
        "{{ 'a'|replace('a', 'aa') }}",
        "{{ names|join('x'|upper) }}",
        "{% set x = 'y' %}",
        "{% set x %}y{% endset %}",
        "{% with x = 1 %}{% endwith %}",
        "{% filter upper %}x{% endfilter %}",
        "{% autoescape false %}{% endautoescape %}",
        "{{ [1, 2] }}",
        "{{ {'a': 1} }}",
        "{{ names[0:1] }}",
        # loops
        "{% for a in pictures %}{% for b in pictures %}{% for c in pictures %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in pictures %}{% for b in pictures %}" + "{{ a.key }}" * 10 + "{% endfor %}{% endfor %}",
        "{% for a in pictures %}{% for b in persons %}" + "{{ b.name|upper|lower }}" * 2 + "{% endfor %}{% endfor %}",
        "{% for a in 'abc' %}{% endfor %}",
        "{% for a, b in pictures %}{% endfor %}",
        "{% for loop in pictures %}{% endfor %}",
        "{% for a in pictures if a.failed %}{% endfor %}",
        # depth
        "{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}",
        "{{ " + "not " * 900 + "1 }}",
        "{{ " + " and ".join(["1"] * 700) + " }}",
        "{% if 1 %}" * 200 + "{% endif %}" * 200,
        "{{ 'x'" + "|upper" * 600 + " }}",
        # length
        "x" * 4001,
        "",
        "{{ '\ud800' }}",
    ],
    ids=lambda template: repr(template[:40]),
)
def test_hostile_templates_are_refused_at_once(template: str) -> None:
    before = time.process_time()
    refusal(template)
    assert time.process_time() - before < 3.0


def test_the_costliest_templates_that_are_taken_are_rendered_soon() -> None:
    many = [ann(f"{n}/{'x' * 500}.jpg", name="N" * 200) for n in range(1000)]
    costly = [
        "{% for a in pictures %}{% for b in pictures %}{% if a.failed %}{% endif %}{% endfor %}{% endfor %}",
        "{% for a in pictures %}" + "{% if a.names|join|title == a.key %}x{% endif %}" * 15 + "{% endfor %}",
        "{% for a in pictures %}" + "{% if a.key %}{% endif %}" * 150 + "{% endfor %}",
    ]
    for template in costly:
        before = time.process_time()
        said(template, *many)
        assert time.process_time() - before < 3.0, template[:60]  # some 50 ms on an idle machine
    assert MOST_STEPS == 100_000, "what was measured here"


def test_what_comes_of_a_template_is_bounded_whatever_names_are_like() -> None:
    many = [ann(f"{n}/{'x' * 1000}.jpg") for n in range(100)]

    told = said("{% for a in pictures %}{{ a.key }}\n{% endfor %}", *many)
    subject = rendered(OwnWords(subject="{{ picture.key }}\nand more"), names_of(many), rule_id="door").subject

    assert len(told) <= LONGEST_TEXT
    assert subject is not None
    assert len(subject) <= LONGEST
    assert "\n" not in subject


def test_foreign_words_add_no_lines_and_no_directions() -> None:
    evil = ann("a\r\nAll is well.\u202e/x.jpg", name="Ann\nYou won")

    told = said("{{ picture.key }} {{ names|join }}\nend {{ '\\ud800\\n' }}", evil)

    assert told.split("\n")[0].startswith("a  All is well.")
    assert len(told.split("\n")) == 2
    assert "\u202e" not in told
    assert told.encode()


def test_a_template_that_fails_all_the_same_silences_nothing() -> None:
    own = rendered(OwnWords("{{ gone }}", "{{ picture.gone }}"), names_of(), rule_id="door")

    assert own == OwnWords()
    letter = letters.write([ann()], rule_name="r", picture_url=None, local=LOCAL, own=own)
    assert letter.subject.startswith("Ann and somebody unknown were seen")


def test_a_template_that_comes_out_empty_is_as_if_there_were_none() -> None:
    nothing = "{% if count > 5 %}many{% endif %}\n "
    assert rendered(OwnWords(nothing, nothing), names_of(), rule_id="door") == OwnWords()


def test_a_letter_has_the_text_in_place_of_the_list_and_above_it_in_html() -> None:
    own = OwnWords("Mine", "<b>Ann</b>\nis here")
    letter = letters.write([ann()], rule_name="Door", picture_url=None, local=LOCAL, own=own)

    assert letter.subject == "Mine"
    assert letter.text.startswith("<b>Ann</b>\nis here\n\nTold by the rule “Door”.")
    assert "1.jpg" not in letter.text
    assert "&lt;b&gt;Ann&lt;/b&gt;\nis here</p><table" in letter.html
    assert "1.jpg" in letter.html


def test_a_rule_with_a_template_that_a_later_version_no_longer_takes_can_still_be_read() -> None:
    with pytest.raises(ValidationError, match="there is no `gone`"):
        RuleDraft(name="r", body="{{ gone }}")
    assert Rule.model_validate({"rule_id": "r", "name": "r", "body": "{{ gone }}"}).body == "{{ gone }}"
    assert Rule.model_validate({"rule_id": "r", "name": "r"}).subject is None


def test_a_subject_is_short() -> None:
    with pytest.raises(ValidationError):
        SUBJECT.validate_python("x" * 501)


@pytest.mark.parametrize("thing", [MessageNames, PictureNames, PersonNames, RuleNames, LoopNames])
def test_every_name_is_in_the_readme_with_what_it_stands_for(thing: Any) -> None:
    readme = README.read_text()
    for name, hint in get_type_hints(thing, include_extras=True).items():
        assert f"| `{name}` | {get_args(hint)[1].about} |" in readme, name


def test_every_filter_is_in_the_readme() -> None:
    readme = README.read_text()
    for name, known in FILTERS.items():
        assert re.search(rf"\| `{name}(\(.*\))?` \| {re.escape(known.about)} \|", readme), name
