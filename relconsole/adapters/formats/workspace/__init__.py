"""Plan as code: the files in which a team keeps estate, calendar, policy, systems and releases.

A workspace is a folder with ``estate.yaml`` (or ``estate/*.yaml``), ``calendar.yaml`` (or
``calendar/*.yaml``), ``policy.yaml``, ``connections.yaml`` and ``releases/*.yaml``; ``.yml`` and
``.json`` are read too. All keys stand in one table (``table.py``), used for reading and writing.

Beyond the keys that every plan has, these are understood:

=====================  =====================================================================
service                ``observed_by: {system, query, label}``
freeze, window,        ``exdates: [wall time or date]``: starts that the rule leaves out
reservation
calendar               ``exceptions: [{id, freeze, release, approver, reason, expires, zone,
                       criteria}]``
policy                 ``rehearsal_age``, ``amendment_limit``, ``request_life``,
                       ``clock_jump``, ``checkpoint_every``, ``muster_answer``: durations;
                       ``relief: {roles, people, reason: yes|no}``: who may start relief beside
                       the commander and the step's owner, and whether they say why
release                ``scribe``; ``bridge.backup``; ``approved_within``: the age that an
                       approval may have; ``vendors: [{name, contract, case, phone, hours,
                       response}]``
step                   ``services``; ``silence: {system, services, lasts}``, lasting the worst
                       duration of the step unless written; ``changes_data: yes|no``; ``note``;
                       ``replays: {duplicates: TEXT, proof: {count: TOTAL, amount: TOTAL}}``: it
                       does messages, files or jobs again; the totals are control totals of the
                       rollback, and without all three the step counts as irreversible
runbook                ``relief: [{id, title, owner, kind, services, run, duration, checks, undo,
                       note}]``: steps that are safe on their own (a kill switch, weight to zero,
                       a maintenance page), manual or automated, in no order and no part of the
                       work. ``undo`` is how one is turned off again, as ``undo-ID``
undo                   ``title``
indicator              ``limit: {above, below, for, clear, deadband}``; ``suppressed_during``
release, ``rollback``  ``edits: [{undo: STEP, title, owner, after, duration}]``; ``extra``:
                       steps that only the rollback has; ``restore_points: [{id, before: STEP,
                       what, where, take, verify, restore, kept_until}]``; ``control_totals:
                       [{id, title, system, query, tolerance}]``. An undo is named by its step
                       (``deploy``) or by its own id (``undo-deploy``)
release, ``rehearsal`` ``{environment, with: {...}}``: where a rehearsal really runs its jobs,
                       and parameters that take the place of those of the plan
release                ``messages: [{id, audience, to: [...], channel: mail|chat|status|phone,
                       language: technical|business|customer, at: [start, gate:STEP, end,
                       rollback], every, rehearsal_to: [...]}]``
=====================  =====================================================================

Every scalar is text until its key types it. In ``settings`` of a system nothing is typed here:
``9090`` and ``no`` stay texts, and the plugin's own schema says what they are. ``zone`` may be left
out beside times that are instants (``Z``); they are then kept in UTC.
"""

from __future__ import annotations

from relconsole.adapters.formats.workspace.amend import read_amendment_file, read_step
from relconsole.adapters.formats.workspace.read import (
    check_workspace,
    judge_workspace,
    read_workspace,
)
from relconsole.adapters.formats.workspace.write import write_changes, write_workspace

__all__ = [
    "check_workspace",
    "judge_workspace",
    "read_amendment_file",
    "read_step",
    "read_workspace",
    "write_changes",
    "write_workspace",
]
