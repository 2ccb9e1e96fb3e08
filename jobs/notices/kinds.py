"""The kinds of alert, as data: what a notice says of each. docs/runbook.md has a heading for every one."""

from dataclasses import dataclass
from datetime import datetime

RUNBOOK = "docs/runbook.md"


@dataclass(frozen=True)
class Kind:
    """What is said of one kind of trouble. `{}` stands for what is unwell, as a connection's name."""

    title: str
    happened: str
    do: str
    """What to do first; the runbook says the rest."""
    well: str
    """The title of the notice that it is well again."""
    name: str = ""

    def title_of(self, subject: str) -> str:
        """The notice's subject."""
        return f"Placebridge: {self.title.format(subject)}"

    def body_of(self, subject: str, said: str) -> str:
        """The notice's text; `said` is what was seen."""
        parts = [self.happened.format(subject), said, f"What to do: {self.do.format(subject)}"]
        return "\n\n".join([*(part for part in parts if part), f"More: {RUNBOOK}#{self.name}"]) + "\n"

    def well_title_of(self, subject: str) -> str:
        """The subject of the notice that it is well again."""
        return f"Placebridge: {self.well.format(subject)}"

    def well_body_of(self, subject: str, since: datetime) -> str:
        """The text of that notice."""
        told = f"You were told on {since:%d %B %Y at %H:%M} UTC: {self.title.format(subject)}. That is over, and nothing is left to do."
        return f"{told}\n\nMore: {RUNBOOK}#{self.name}\n"


def _named(**kinds: Kind) -> dict[str, Kind]:
    return {name: Kind(kind.title, kind.happened, kind.do, kind.well, name) for name, kind in kinds.items()}


KINDS = _named(
    connection_failing=Kind(
        title="{} cannot be read",
        happened="The connection {} has failed several times running. What was read of it before stays, and the other connections go on.",
        do="run `placebridge check {}` and mend what it names. The worker tries again by itself.",
        well="{} is read again",
    ),
    connection_late=Kind(
        title="{} has not been read for two of its intervals",
        happened="The connection {} has had no successful run for twice the time between two of its runs, so the flags may be out of date.",
        do="run `placebridge runs` to see its last run, and `placebridge doctor` to see whether the worker runs.",
        well="{} is up to date again",
    ),
    run_stalled=Kind(
        title="a run of {} stood still",
        happened="A run of the connection {} stored nothing for so long that it was ended. It goes on where it was at the next try.",
        do="look whether it comes again; if it does, run `placebridge check {}` and look at the CRM and the network.",
        well="runs of {} move again",
    ),
    deletions_refused=Kind(
        title="{} would lose too many records",
        happened="A read of the connection {} lacked so many records that it was refused. Nothing was removed.",
        do="find out whether they are really gone from the CRM; if so, run `placebridge sync {} --accept-deletions` once.",
        well="{} is whole again",
    ),
    secret_expires=Kind(
        title="the secret of {} ends soon",
        happened="The secret by which the connection {} signs in ends soon, or has ended.",
        do="make another where it was issued, and write it and its last day into the settings.",
        well="the secret of {} is good again",
    ),
    disk_low=Kind(
        title="little room on the disk of {}",
        happened="The disk that holds {} is nearly full. When it is full, runs fail, and nothing that was stored before is harmed.",
        do="make room, or give it a larger disk.",
        well="there is room again on the disk of {}",
    ),
    backlog=Kind(
        title="{} does not keep up",
        happened="Runs are due that nobody has begun for longer than they should wait.",
        do="run `placebridge runs` to see what takes so long, and `placebridge doctor` to see whether every worker runs.",
        well="{} keeps up again",
    ),
    flags_failing=Kind(
        title="{} cannot be brought up to date",
        happened="Connections are read, but linking, mapping or flagging what was read has failed several times running. The list of flags "
        "stays as it was.",
        do="run `placebridge sync` by hand: it says what is wrong.",
        well="{} are brought up to date again",
    ),
)
"""By name. A new one needs a heading of its name in the runbook."""
