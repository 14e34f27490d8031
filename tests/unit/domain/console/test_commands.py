"""The union of commands: all that the console takes, each a frozen value."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import get_args

import pytest

from relconsole.domain.console.commands import ConsoleCommand, RegisterKey, WorkspaceCommand
from relconsole.domain.night.decide import NightCommand
from relconsole.domain.night.muster_commands import MusterCommand
from tests.unit.domain.night.scenes import MARA


def test_that_the_console_takes_commands_of_workspaces_keys_and_nights_and_no_others() -> None:
    assert set(get_args(ConsoleCommand)) == {
        *get_args(WorkspaceCommand),
        *get_args(MusterCommand),
        *get_args(NightCommand),
    }


@pytest.mark.parametrize("command", get_args(NightCommand), ids=lambda found: found.__name__)
def test_that_every_command_of_a_night_names_its_run(command: type) -> None:
    assert "run" in {field.name for field in fields(command)}


@pytest.mark.parametrize("command", get_args(ConsoleCommand), ids=lambda found: found.__name__)
def test_that_a_command_is_a_value_that_nobody_changes(command: type) -> None:
    assert is_dataclass(command)
    assert command.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_that_two_commands_that_say_the_same_are_the_same() -> None:
    one = RegisterKey(person=MARA, public_key="k")
    assert one == RegisterKey(person=MARA, public_key="k")
    assert one != RegisterKey(person=MARA, public_key="l")
