"""A rulebook as YAML is plain data, whatever somebody writes into it, and what is wrong is said with its place."""

import pytest

from onlooker_notifier.rules import documents
from onlooker_notifier.rules.defaults import default_rule
from onlooker_shared.errors import UnprocessableError

RULE = "rule_id: door, name: Door, channels: []"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rules: &all [*all]", "aliases are not taken"),
        ("rules: []\nrules: []", "'rules' is given twice"),
        ("? [rules]\n: []", "a key is a text"),
        ("rules: !!int many", "'many' is no number"),
        ("rules: !!float many", "'many' is no number"),
        (f"rules: {'9' * 5000}", "is no number that is taken"),
        ("rules: !!bool perhaps", "neither true nor false"),
        ("rules: !!timestamp perhaps", "tag"),
        ("rules: !!python/object/apply:os.system [ls]", "tag"),
        ("rules: !!map [a]", "no mapping"),
        (f"rules: {'[' * 2000}", "too deep"),
        ("rules: [", "line 1, column 9: while parsing"),
        ("rules:\n- rule_id: door\n   name: Door", "line 3, column 8: mapping values are not allowed here"),
        (f"rules: [{{{RULE}}}, {{{RULE}}}]", "two rules have the rule_id 'door'"),
    ],
)
def test_what_is_no_plain_document_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(UnprocessableError, match=words):
        documents.read(text.encode())


def test_what_is_no_rule_is_refused_with_its_line() -> None:
    text = """# rules of the house
rules:
- rule_id: door
  name: Door
  channels:
  - {type: email, to: nobody}
- rule_id: yard
  name: Yard
  when:
    all:
    - prefix: yard/
    - faces:
        at_least: many
- name: Without an id
"""
    with pytest.raises(UnprocessableError) as refused:
        documents.read(text.encode())

    faults = refused.value.more["errors"]
    assert [(each["line"], each["location"].split(".")[1]) for each in faults] == [(6, "0"), (13, "1"), (14, "2")]
    assert refused.value.detail.startswith("line 6: rules.0.channels.0")


def test_texts_and_numbers_are_those_of_yaml_1_2() -> None:
    quiet = "quiet_hours: {from: 22:00, to: 07:00, days: [fri]}, cooldown: 010, digest_interval: 1.5e1, urgent: false"

    [rule] = documents.read(f"rules: [{{{RULE}, {quiet}}}]".encode()).rules

    assert rule.quiet_hours is not None
    assert (rule.quiet_hours.from_, rule.cooldown, rule.digest_interval, rule.urgent) == ("22:00", 10, 15, False)


def test_what_is_written_is_read_as_the_same() -> None:
    rule = default_rule(email_to=["ann@example.com"], topic_arn=None, digest_interval=60)

    assert documents.planned([rule], documents.read(documents.written([rule]).encode())).unchanged == 1
