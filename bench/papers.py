"""What a paper costs (G6): a process of its own sets registration records in type, as the job does.

Alone: one paper, with the engine loaded and its fonts read. In batches: fifty papers one after the other. Memory: the
greatest the process ever held, the engine with it. It measures what a line of its input asks for, and answers with a
line, so that rounds of the floor stand between.
"""

from __future__ import annotations

import resource
import sys
import time
from statistics import median

from sqlalchemy import select

from portal.certificates.models import Paper
from portal.certificates.queries import Sheet, paper_by_id
from portal.certificates.render import rendered
from portal.certificates.rules import PaperKind
from portal.config import Settings
from portal.database.session import Database, reading, use
from portal.kernel.roles import Scope

from .report import Unmeasured

BATCH = 50
ALONE = 9


def sheets() -> list[Sheet]:
    """Registration records of as many enterprises as there are, over and over until a batch is full."""
    with reading(Scope.everything("bench")) as session:
        of_records = select(Paper.id).where(Paper.kind == PaperKind.REGISTRATION_RECORD).order_by(Paper.id).limit(BATCH)
        found = [sheet for number in session.scalars(of_records) if (sheet := paper_by_id(session, number)) is not None]
    if not found:
        raise Unmeasured("the city holds no registration record")
    return (found * (BATCH // len(found) + 1))[:BATCH]


def cost(sheet: Sheet, settings: Settings) -> float:
    """CPU milliseconds of one paper."""
    before = time.process_time()
    rendered(sheet, settings.public_url, is_demo=settings.is_demo)
    return (time.process_time() - before) * 1000


def measured(asked: str, batch: list[Sheet], settings: Settings) -> float:
    """Milliseconds a paper, or MiB. Raises KeyError for what is not measured here."""
    if asked == "memory":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    costs = [cost(sheet, settings) for sheet in batch[: {"alone": ALONE, "batch": BATCH}[asked]]]
    return median(costs) if asked == "alone" else sum(costs) / len(costs)


def main() -> None:
    settings = Settings.from_environment()
    use(Database(settings.database_url))
    batch = sheets()
    cost(batch[0], settings)
    for line in sys.stdin:
        print(measured(line.strip(), batch, settings), flush=True)


if __name__ == "__main__":
    main()
