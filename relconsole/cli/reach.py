"""``reach DIR SERVICE``: what degrades when a service fails, by which path, and what is safe."""

from __future__ import annotations

import argparse
from pathlib import Path

from relconsole.cli.columns import in_columns
from relconsole.cli.lookup import find_named
from relconsole.cli.words import DONE, answer
from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.reach import Reach, find_reach
from relconsole.domain.kernel.ids import ServiceId


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder and the service."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the workspace")
    parser.add_argument("service", metavar="SERVICE", help="the service that fails or changes")


def run(arguments: argparse.Namespace) -> int:
    """Answer all that needs the service, directly or through others, and all that does not."""
    from relconsole.adapters.formats.workspace import read_workspace

    estate = read_workspace(arguments.folder).estate
    service = find_named(
        estate.services, "service", arguments.service, where=str(arguments.folder)
    ).id
    found = find_reach(estate, service)
    answer(
        {
            "affected": [
                {
                    "id": each.id,
                    "path": list(each.path),
                    "team": estate.services[each.id].team,
                    "channels": list(estate.services[each.id].channels),
                }
                for each in found.affected
            ],
            "safe": list(found.safe),
        },
        _in_words(estate, service, found),
        as_json=arguments.json,
    )
    return DONE


def _in_words(estate: Estate, service: ServiceId, found: Reach) -> str:
    """Give the answer as lines: who is to be told of what, then what is safe."""
    if not found.affected:
        return f"nothing needs {service}; safe: {', '.join(found.safe) or 'nothing else is there'}"
    rows = [("affected", "through", "team", "channels")]
    rows += [
        (
            each.id,
            " <- ".join(each.path),
            estate.services[each.id].team,
            ", ".join(estate.services[each.id].channels),
        )
        for each in found.affected
    ]
    return f"{in_columns(rows)}\nsafe: {', '.join(found.safe) or 'nothing'}"
