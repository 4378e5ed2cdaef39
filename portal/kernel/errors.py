"""How domain code says no. Only `web/errors.py` turns these into HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from .bilingual import Bilingual


class Refusal(Exception):
    """A bilingual, coded no. `code` is stable and names the reason; `fields` ties sentences to form fields."""

    status = 400

    def __init__(self, code: str, message: Bilingual, fields: Mapping[str, Bilingual] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields: dict[str, Bilingual] = dict(fields or {})


class Invalid(Refusal):
    """What was sent is wrong in itself; the sender can mend it."""

    status = 422


class Illegal(Refusal):
    """The action does not exist for this state, kind or person's part in it."""

    status = 409


class Conflict(Refusal):
    """Somebody was faster: the thing changed since it was read. `changed` says what, for the page to show."""

    status = 409

    def __init__(self, code: str, message: Bilingual, changed: Mapping[str, Bilingual] | None = None) -> None:
        super().__init__(code, message)
        self.changed: dict[str, Bilingual] = dict(changed or {})


class Denied(Refusal):
    """The person may not do this at all."""

    status = 403


class Missing(Refusal):
    """It is not there, or not theirs: the same answer for both."""

    status = 404

    def __init__(self, code: str = "missing", message: Bilingual | None = None) -> None:
        super().__init__(code, message or Bilingual("没有找到这一页。", "There is no such page."))


class Busy(Refusal):
    """The store cannot take the write just now; nothing was written, trying again is right."""

    status = 503


class Full(Refusal):
    """There is no room left on the disk; nothing was written, and trying again helps only once somebody makes room."""

    status = 507

    def __init__(self) -> None:
        super().__init__(
            "full",
            Bilingual(
                "系统存储空间已满，刚才的内容没有写入。请联系管理员，稍后再试。",
                "The portal has no room left; nothing was written. Tell the administrator and try again later.",
            ),
        )
