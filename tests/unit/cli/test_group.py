"""The group of all commands: options and the environment variables that set them."""

from collections.abc import Iterator

import click
import pytest

from byocplan.cli.group import COMMANDS, cli


def iter_options(command: click.Command, prefix: str) -> Iterator[tuple[str, click.Option]]:
    """Yield every option with the variable that is to set it."""
    for option in command.params:
        if isinstance(option, click.Option):
            yield prefix + max(option.opts, key=len).removeprefix("-").replace("-", "_").upper(), option
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from iter_options(each, f"{prefix}_{name.upper()}")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_but_var_is_set_by_the_variable_of_its_own_name(name: str) -> None:
    context = click.Context(cli, info_name="byocplan")
    command = cli.get_command(context, name)
    assert command is not None

    found = dict(iter_options(command, f"BYOCPLAN_{name.upper()}"))

    for variable, option in found.items():
        assert option.envvar == (None if "--var" in option.opts else variable)
        assert not option.allow_from_autoenv


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    for each in [command, *(command.commands.values() if isinstance(command, click.Group) else ())]:
        assert (each.epilog or "").startswith("Example:  byocplan ")


@pytest.mark.parametrize("option", ["--no-color", "-v", "-q", "--verbose"])
@pytest.mark.parametrize("command", [["plan"], ["state", "list"]], ids=" ".join)
def test_a_global_option_after_the_command_is_told_where_it_stands(command: list[str], option: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        cli.main([*command, option], standalone_mode=False)

    assert caught.value.message == f"{option} stands before the command: `byocplan {option} {command[0]} …`."


def test_an_option_that_nobody_knows_is_still_no_such_option() -> None:
    with pytest.raises(click.NoSuchOption):
        cli.main(["plan", "--nothing"], standalone_mode=False)
