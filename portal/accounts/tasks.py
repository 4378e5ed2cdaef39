"""Background work of accounts: reset links are made and mailed here, so that asking takes the same time for all."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from ..audit.trail import record
from ..jobs.registry import JobContext, every, handler
from ..kernel.clock import now
from ..kernel.roles import system
from .limits import RESET_ACCOUNT, Count, TooMany
from .link import SEND_RESET, send_link
from .models import Account, OneTimeLink
from .throttle import count_failure, take_turn, wipe_ended

LONGEST_WINDOW = timedelta(days=2)
KEPT_LINKS = timedelta(days=30)


@handler(SEND_RESET)
def send_reset(job: JobContext, account_ids: list[int]) -> None:
    """Mails a link to each account that was meant, at most three an hour; to nobody when nobody was meant."""
    with job.transaction() as session:
        at = now()
        for account_id in sorted(account_ids):
            account = session.get(Account, account_id)
            if account is None or account.state != "active" or account.email is None:
                continue
            count = Count.of(RESET_ACCOUNT, account_id)
            try:
                take_turn(session, at, count)
            except TooMany:
                continue
            count_failure(session, at, count)
            send_link(session, account, "reset")
            record(
                session,
                system("reset links"),
                stream=f"account:{account_id}",
                verb="link.sent",
                detail={"purpose": "reset"},
            )


@every("accounts.sweep", seconds=3600)
def sweep(job: JobContext) -> None:
    """Deletes counts whose window is over and links that died long ago."""
    with job.transaction() as session:
        wipe_ended(session, now() - LONGEST_WINDOW)
        session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now() - KEPT_LINKS))
