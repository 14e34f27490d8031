"""Sheets of acts of two people as their presenter gives them, to look at."""

from __future__ import annotations

from relconsole.domain.kernel.ids import PersonId
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.looked_at import LookedAtRow
from relconsole_ui.presenters.second_sheet import ConfirmRows, SecondSheetRows
from relconsole_ui.presenters.two_people import Candidate, PersonRow, TwoPeopleRows

ASKS = PersonRow(
    initials="MO",
    name="Mara Okafor",
    role="Commander",
    says="asked 02:18:35",
    status=Status.DONE,
)
WAITS = TwoPeopleRows(
    note="2 may sign, 2 others may not",
    rows=(
        ASKS,
        PersonRow(
            initials="AN",
            name="Asha Nair",
            role="here, not owner, not author",
            says="not signed, asked 02:18:35",
            status=Status.WAITING,
        ),
    ),
    second=PersonId("asha"),
    second_name="Asha Nair",
    candidates=(
        Candidate(person=PersonId("asha"), name="Asha Nair", why=""),
        Candidate(person=PersonId("jo"), name="Jo Reyes", why="jo owns shift"),
    ),
    place="/home/mara/releases/requests/8c41f2d09a7be513.request.json",
    is_waiting=True,
    is_signing=False,
    can_sign=True,
    can_ask_other=True,
)
SIGNED = TwoPeopleRows(
    note="2 may sign, 2 others may not",
    rows=(
        ASKS,
        PersonRow(
            initials="AN",
            name="Asha Nair",
            role="second person",
            says="signed 02:19:04",
            status=Status.GO,
        ),
    ),
    second=PersonId("asha"),
    second_name="Asha Nair",
    candidates=WAITS.candidates,
    place=WAITS.place,
    is_waiting=False,
    is_signing=False,
    can_sign=False,
    can_ask_other=False,
)
OVERRIDE = SecondSheetRows(
    title="Override a failing check",
    left="14:12 to sign",
    about="Step 14, Shift 25 % of traffic to 2.31",
    heading="Does not pass",
    rows=(
        LookedAtRow(status=Status.CRITICAL, says="<b>Checkout p95</b> is 1.42, limit below 0.8"),
        LookedAtRow(status=Status.UNKNOWN, says="Ledger lag is unknown: no sample since 02:16"),
    ),
    reason="the peak is the batch that ends at 02:25",
    comes="The step is recorded as done, over these checks.",
    is_grave=False,
    rule="Jo Reyes owns this step and may not sign",
    people=WAITS,
    barred=(
        "Jo Reyes: jo owns shift and may not override its checks",
        "Tomas Lind: tomas is the requester of pay-4 and may not be the second person for it",
    ),
    request="Request 8c41f2d09a7be513, until 02:33:35",
    confirm=ConfirmRows(
        label="Override and complete",
        is_possible=False,
        why="A second person has not signed",
        word="",
    ),
    can_ask_again=False,
    notice="",
)
COMMIT = SecondSheetRows(
    title="Start with no way back",
    left="13:31 to sign",
    about="Step 19, Drop the old ledger column",
    heading="What is lost",
    rows=(
        LookedAtRow(
            status=Status.WARNING,
            says="drop cannot be undone: from its start there is only the way forward",
        ),
        LookedAtRow(
            status=Status.ADVISORY, says="Latest safe rollback start", note="02:41, then none"
        ),
        LookedAtRow(
            status=Status.ADVISORY,
            says="The step takes, nine times of ten",
            note="up to 6 min 30 s",
        ),
    ),
    reason="the window is short",
    comes="The step starts, and from then on the way back is given up.",
    is_grave=True,
    rule="",
    people=SIGNED,
    barred=OVERRIDE.barred[1:],
    request="Request 5d0e77b1c2a94f60, until 02:33:35",
    confirm=ConfirmRows(label="Start step", is_possible=True, why="", word="pay-4"),
    can_ask_again=False,
    notice="",
)
