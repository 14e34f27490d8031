"""A console that may write: what a front end asks for, and the services over its desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relconsole.adapters.clock import SystemClock, SystemIds
from relconsole.adapters.evidence import EvidenceFolder
from relconsole.adapters.inbox import FolderInbox
from relconsole.adapters.plugin_host.host import PluginHost
from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.record.codec import Codec
from relconsole.domain.record.recorded import Recorded
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.cache import Cache
from relconsole.ports.credentials import Credentials, Secret
from relconsole.ports.journal import JournalKind, Lease
from relconsole.ports.questions import Asker
from relconsole.runtime.tasks import AsyncioTasks
from relconsole.services.amending import Amender
from relconsole.services.arming import Armourer
from relconsole.services.asking import Interviewer
from relconsole.services.attend import Attendance
from relconsole.services.change_keeper import ChangeKeeper
from relconsole.services.checkpoints import Checkpointer
from relconsole.services.closing import Closer
from relconsole.services.conduct import Conductor, Crew
from relconsole.services.deliver import Dispatcher
from relconsole.services.desk import Desk
from relconsole.services.falling_back import Retreat
from relconsole.services.forecasting import Forecaster
from relconsole.services.opening import Holder, Opener
from relconsole.services.orders import OrderTaker, make_order_codec
from relconsole.services.patience import Patience
from relconsole.services.reporting import Reporter
from relconsole.services.restore import RestoreKeeper
from relconsole.services.steps import StepMover
from relconsole.services.watch import Watcher

KEYRING_SERVICE: Final = "relconsole"
LEASE_SECONDS: Final = 30.0

URGENT_SECONDS: Final = 0.5
"""How long what is urgent waits for the keyring before it goes unsigned."""

Announce = Callable[[Recorded[ConsoleFact], ConsoleState], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a console is to be opened.

    ``person`` and ``passphrase`` open that one person's key; ``key`` is one that is open already,
    as the demo's commander has it. ``credentials`` None chooses the keyring of this desktop.
    ``may_post`` posts what is decided to the program that writes the store, where one does;
    ``take_over`` takes the role from a frozen console whose lease has run out. What ``is_urgent``
    waits for nobody: it is posted where anybody holds the store, and goes unsigned where the key
    cannot be had at once.
    """

    store: Path
    kind: JournalKind
    verb: str
    person: PersonId | None = None
    passphrase: Secret | None = None
    key: SigningKey | None = None
    credentials: Credentials | None = None
    announce: Announce | None = None
    take_over: bool = False
    may_post: bool = False
    is_urgent: bool = False
    lease_seconds: float = LEASE_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """A console that may write: what the front ends work with."""

    layout: StoreLayout
    kind: JournalKind
    desk: Desk
    plugins: PluginHost
    clock: SystemClock
    ids: SystemIds
    credentials: Credentials
    holder: Holder
    codec: Codec[ConsoleFact]
    forecaster: Forecaster
    patience: Patience
    cache: Cache | None = None
    said: tuple[str, ...] = ()

    @property
    def posts(self) -> bool:
        """Tell whether somebody else writes the store, and this console posts to them."""
        return not self.holder.name

    @property
    def opener(self) -> Opener:
        """Give what opens runs and takes them up."""
        return Opener(
            desk=self.desk,
            plugins=self.plugins,
            clock=self.clock,
            ids=self.ids,
            holder=self.holder,
        )

    @property
    def mover(self) -> StepMover:
        """Give what starts and ends steps."""
        return StepMover(
            desk=self.desk, plugins=self.plugins, clock=self.clock, forecaster=self.forecaster
        )

    @property
    def dispatcher(self) -> Dispatcher:
        """Give what delivers effects."""
        return Dispatcher(
            desk=self.desk,
            plugins=self.plugins,
            clock=self.clock,
            tasks=AsyncioTasks(),
            patience=self.patience,
        )

    @property
    def change_keeper(self) -> ChangeKeeper:
        """Give what keeps the change record in step."""
        return ChangeKeeper(
            desk=self.desk, plugins=self.plugins, clock=self.clock, patience=self.patience
        )

    @property
    def amender(self) -> Amender:
        """Give what weighs and records amendments."""
        return Amender(desk=self.desk, plugins=self.plugins, clock=self.clock)

    @property
    def reporter(self) -> Reporter:
        """Give what makes night reports."""
        return Reporter(desk=self.desk, clock=self.clock, codec=self.codec)

    @property
    def closer(self) -> Closer:
        """Give what confirms closure codes, and lets the change record be told."""
        return Closer(desk=self.desk, clock=self.clock, deliver=self.dispatcher.deliver)

    @property
    def armourer(self) -> Armourer:
        """Give what prepares and arms rollbacks."""
        return Armourer(desk=self.desk, plugins=self.plugins, clock=self.clock)

    @property
    def retreat(self) -> Retreat:
        """Give what fires rollbacks and reckons after them."""
        return Retreat(
            desk=self.desk,
            plugins=self.plugins,
            clock=self.clock,
            evidence=EvidenceFolder(self.layout.folder / "evidence"),
            armourer=self.armourer,
            keeper=RestoreKeeper(desk=self.desk, plugins=self.plugins),
            patience=self.patience,
        )

    @property
    def orders(self) -> OrderTaker:
        """Give what takes the orders that others post."""
        return OrderTaker(
            desk=self.desk,
            inbox=FolderInbox(self.layout.inbox),
            clock=self.clock,
            tasks=AsyncioTasks(),
            orders=make_order_codec(),
        )

    def interviewer(self, asker: Asker) -> Interviewer:
        """Give what asks people through this asker."""
        return Interviewer(desk=self.desk, clock=self.clock, mover=self.mover, asker=asker)

    def conductor(
        self,
        lease: Lease,
        asker: Asker,
        is_cancelled: Callable[[], bool],
        say: Callable[[str], None] | None = None,
    ) -> Conductor:
        """Give what conducts the run of a lease; ``say`` shows lines to whoever conducts."""
        crew = self.crew(lease, asker, say)
        return Conductor(crew, lease, self.holder.lease_seconds, is_cancelled)

    def attendance(self, lease: Lease, crew: Crew, is_cancelled: Callable[[], bool]) -> Attendance:
        """Give what conducts the run of a lease with people before the screen."""
        return Attendance(crew, lease, self.holder.lease_seconds, is_cancelled)

    def crew(self, lease: Lease, asker: Asker, say: Callable[[str], None] | None = None) -> Crew:
        """Give everything that the run of a lease is conducted with."""
        run = self.desk.run(lease.run)
        release = self.desk.state.workspace.releases[run.release]
        return Crew(
            desk=self.desk,
            clock=self.clock,
            dispatcher=self.dispatcher,
            watcher=Watcher(
                desk=self.desk,
                plugins=self.plugins,
                clock=self.clock,
                tasks=AsyncioTasks(),
                release=release,
                cache=self.cache,
            ),
            mover=self.mover,
            interviewer=self.interviewer(asker),
            checkpointer=Checkpointer(
                desk=self.desk, clock=self.clock, credentials=self.credentials
            ),
            change_keeper=self.change_keeper,
            keeper=RestoreKeeper(desk=self.desk, plugins=self.plugins),
            retreat=self.retreat,
            orders=self.orders,
            say=say,
        )
