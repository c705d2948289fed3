"""What a rule would have told, as the page that makes it shows it."""

from pathlib import Path

from onlooker_console.alerts.trials import Shown, shown
from onlooker_console.settings import ConsoleSettings
from onlooker_console.statics import Assets
from onlooker_console.views import Views
from trials import a_trial


def test_a_trial_shows_the_messages_and_why_the_rest_is_not_told(tmp_path: Path) -> None:
    views = Views(ConsoleSettings(), Assets(tmp_path, {}))
    page = views.fragment("alerts_rule_trial.html", trial=shown(a_trial()))

    assert "told of 1</strong> of the 3 newest pictures, in <strong>1 message</strong>." in page
    assert "Ann &lt;a&gt; was seen at door on 15 January at 23:28, 97 % sure" in page
    assert 'datetime="2027-01-16T06:00:00+01:00"' in page
    assert ", at the end of its quiet hours · 1 picture" in page
    assert "not yet" in page
    assert "Held until the end of the rule&#39;s quiet hours (22:00 to 06:00, Europe/Berlin)." in page
    assert "Matching, but not told: 1" in page
    assert "The same was told shortly before: Ann &lt;a&gt;</bdi>, not again before" in page
    assert 'datetime="2027-01-16T00:28:00+01:00"' in page
    assert "The key began with “yard/3.jpg”" in page


def test_a_rule_that_is_off_is_tried_as_if_it_were_on(tmp_path: Path) -> None:
    views = Views(ConsoleSettings(), Assets(tmp_path, {}))
    page = views.fragment("alerts_rule_trial.html", trial=shown({**a_trial(), "enabled": False}))
    assert "1 message</strong>, if it were on." in page


def test_what_cannot_be_tried_says_why(tmp_path: Path) -> None:
    views = Views(ConsoleSettings(), Assets(tmp_path, {}))
    page = views.fragment("alerts_rule_trial.html", trial=Shown(troubles=["Name: it has none."]))
    assert "Name: it has none." in page
    assert "newest" not in page
