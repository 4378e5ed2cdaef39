"""Coming back with a code that an office handed over: one transaction, one use."""

from __future__ import annotations

from ..audit.trail import record
from ..database.session import reading, transaction
from ..jobs.queue import enqueue
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Invalid
from ..kernel.roles import Actor, Scope
from . import queries
from .enter import as_person, locked, note_failure, stream_of
from .hashing import Hasher
from .limits import RECOVERY, RECOVERY_ADDRESS, Count
from .link import set_password
from .open_account import WRONG
from .passwords import NewPassword
from .recovery import TELL_COLLEAGUES, live_code, take_recovery
from .rules import username_key
from .throttle import refuse_if_shut, take_turn

NOT_THIS = Bilingual(
    "用户名或恢复码不正确，或者恢复码已经用过、已经过期、已被新的恢复码取代。",
    "The username or the code is not right, or the code was used, has expired or was replaced by a newer one.",
)


def recover(actor: Actor, username: str, code: str, password: NewPassword, hasher: Hasher) -> None:
    """Sets a new password for who holds the code, and ends every session of the account.

    Raises Invalid: in the same words for a wrong name, a wrong, used or dead code; by field for a password that will
    not do, which uses nothing up. TooMany after too many wrong codes from one address or for one name.
    """
    at = now()
    counts = (Count.of(RECOVERY_ADDRESS, actor.address), Count.of(RECOVERY, username_key(username)))
    with reading(Scope.nobody()) as session:
        refuse_if_shut(session, at, *counts)
        found = queries.account_named(session, username)
        is_right = live_code(session, found, code, at) is not None
    hashed = ""
    if is_right and found is not None:
        problems = password.problems(found.username, found.display_name, found.email or "")
        if problems:
            raise Invalid("password", WRONG, problems)
        hashed = hasher.hash(password.new_password)
    with transaction(actor) as session:
        account = locked(session, found.id) if found is not None else None
        take_turn(session, at, *counts)
        is_taken = is_right and account is not None and take_recovery(session, account, code, at)
        if is_taken and account is not None:
            set_password(session, account, hashed)
            enqueue(session, TELL_COLLEAGUES, account_id=account.id)
            record(session, as_person(actor, account), stream=stream_of(account.id), verb="recovery.used")
        else:
            note_failure(session, actor, at, "recovery.failed", account, *counts)
    if not is_taken:
        raise Invalid("recovery", NOT_THIS)
