"""`onlooker alerts`: rules and channels, what was sent and what was not, and who has seen to it."""

import typer

from onlooker.commands.alerts import channels, decisions, rulebook, rules, sent, trials

app = typer.Typer(
    help="Rules, channels, what was sent and what was not. Changing and trying needs the scope `alerts:write`.",
    no_args_is_help=True,
)
app.command()(rules.rules)
app.command("test")(trials.try_rule)
app.command()(rules.mute)
app.command()(rules.unmute)
app.command("export")(rulebook.export_rules)
app.command("import")(rulebook.import_rules)
app.command()(channels.channels)
app.command("try")(channels.try_channel)
app.command()(sent.sent)
app.command()(sent.acknowledge)
app.command()(sent.again)
app.command()(decisions.decisions)
