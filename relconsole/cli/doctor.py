"""``doctor``: what of the surroundings does not do what a night needs, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from relconsole.cli.columns import in_columns
from relconsole.cli.machine_checks import Check, check_machine
from relconsole.cli.opening import credentials_of
from relconsole.cli.store_checks import check_store
from relconsole.cli.words import DONE, NO, answer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add whether connected systems are asked."""
    parser.add_argument(
        "--offline", action="store_true", help="do not ask the connected systems anything"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check everything, whatever fails, and answer each; 1 where something does not hold."""
    checks = asyncio.run(_check(arguments))
    ok = all(check.ok for check in checks)
    answer(
        {
            "ok": ok,
            "checks": [
                {
                    "name": each.name,
                    "ok": each.ok,
                    "found": each.found,
                    "do": "" if each.ok else each.do,
                }
                for each in checks
            ],
        },
        _in_words(checks),
        as_json=arguments.json,
    )
    return DONE if ok else NO


async def _check(arguments: argparse.Namespace) -> tuple[Check, ...]:
    """Give every check: of the machine, then of the store and what is connected to it."""
    async with credentials_of(arguments) as credentials:
        return (
            *await check_machine(arguments.store, credentials),
            *await check_store(arguments.store, credentials, ask_systems=not arguments.offline),
        )


def _in_words(checks: Sequence[Check]) -> str:
    """Give a line a check, with what to do below the table."""
    rows = [("ok" if each.ok else "NOT OK", each.name, each.found) for each in checks]
    todo = [f"{each.name}: {each.do}" for each in checks if not each.ok and each.do]
    return "\n".join([in_columns(rows), *todo])
