"""``journal``: verifying, exporting and sealing the record, whoever holds it.

Verifying and exporting ask nobody: they read beside whoever writes.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Final

from relconsole.cli.arguments import add_subverbs
from relconsole.cli.verdicts import judge_file, judge_store, read_anchors, read_known_key
from relconsole.cli.words import DONE, NO, answer, plain
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.record.verification import Verification
from relconsole.ports.journal import JournalKind

_SUMMARIES: Final = {
    "verify": "verify an exported journal, or one of the store's own",
    "export": "write a journal as one file that anybody can verify",
    "checkpoint": "seal the journal as it stands and anchor the seal outside it",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs of journals."""
    verbs = add_subverbs(parser, _SUMMARIES)
    verify, export, checkpoint = (verbs[name] for name in _SUMMARIES)
    verify.add_argument("file", type=Path, nargs="?", metavar="FILE", help="an exported journal")
    verify.add_argument(
        "--anchor",
        type=Path,
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="a file with a checkpoint that was kept outside; may be given again",
    )
    verify.add_argument(
        "--key", metavar="FILE", help="the journal's key or its fingerprint, as learnt elsewhere"
    )
    export.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    export.add_argument(
        "--with-verifier",
        action="store_true",
        help="put the script for an auditor beside it; it needs nothing of this program",
    )
    checkpoint.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="a file for the seal"
    )
    for each in (verify, export, checkpoint):
        each.add_argument(
            "--kind",
            type=JournalKind,
            choices=tuple(JournalKind),
            default=JournalKind.LIVE,
            help="which journal of the store",
        )


def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says and answer the verdict on the journal; 1 where it does not verify."""
    more: JsonObject = {}
    match arguments.subverb:
        case "verify":
            anchors = read_anchors(arguments.anchor)
            known = None if arguments.key is None else read_known_key(arguments.key)
            verdict = (
                asyncio.run(judge_store(arguments, anchors, known))
                if arguments.file is None
                else judge_file(arguments.file, anchors, known)
            )
        case "export":
            from relconsole.cli.journal_export import export_journal

            verdict, more = asyncio.run(export_journal(arguments))
        case _:
            from relconsole.cli.journal_export import seal_journal

            verdict, more = asyncio.run(seal_journal(arguments))
    answer(verdict_document(verdict, more), _in_words(verdict, more), as_json=arguments.json)
    return DONE if verdict.ok else NO


def verdict_document(verdict: Verification, more: JsonObject) -> JsonObject:
    """Give the verdict with the keys that every verdict on a journal has."""
    return {
        "ok": verdict.ok,
        "facts": verdict.facts,
        "root": verdict.root,
        "first_broken": verdict.first_broken,
        "anchored": verdict.anchored,
        "anchored_to": verdict.anchored_to,
        "signed_by": verdict.signed_by,
        "reasons": list(verdict.reasons),
        **more,
    }


def _in_words(verdict: Verification, more: JsonObject) -> str:
    """Give the verdict as lines."""
    lines = ["verified" if verdict.ok else "NOT VERIFIED"]
    lines += [f"- {plain(reason)}" for reason in verdict.reasons]
    if verdict.first_broken is not None:
        lines.append(f"the first broken fact is {verdict.first_broken}")
    if verdict.anchored:
        lines.append(f"anchored: an anchor outside speaks for the first {verdict.anchored_to}")
    lines += [f"{verdict.facts} facts, root {verdict.root}", f"signed by {verdict.signed_by}"]
    for name, value in more.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        lines += [f"{name}: {shown}"] if shown else []
    return "\n".join(lines)
