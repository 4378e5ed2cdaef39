"""What a paper costs (G6): a process of its own sets registration records in type, as the job does.

Alone: one paper, with the engine loaded and its fonts read. In batches: fifty papers one after the other. Memory: the
greatest the process ever held, the engine with it.
"""

from __future__ import annotations

import json
import resource
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


def measured(settings: Settings) -> dict[str, float]:
    batch = sheets()
    cost(batch[0], settings)
    alone = [cost(sheet, settings) for sheet in batch[:ALONE]]
    together = [cost(sheet, settings) for sheet in batch]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"alone": median(alone), "batch": sum(together) / len(together), "memory": memory}


if __name__ == "__main__":
    chosen = Settings.from_environment()
    use(Database(chosen.database_url))
    print(json.dumps(measured(chosen)))
