"""What a field of the catalogue's pages is called where it stands alone: on a page that shows what was typed. Pure."""

from __future__ import annotations

from ..kernel.bilingual import Bilingual
from .kinds import KINDS

NO_SECRETS = frozenset({"code"})
"""Of an entry. Elsewhere in the house a field of that name holds a code for once."""

_AROUND = {
    "code": Bilingual("代码", "Entry code"),
    "draft": Bilingual("放入", "Put into"),
    "title": Bilingual("新草案标题", "Title of the new draft"),
    "effective_from": Bilingual("生效季度", "Applies from"),
    "reason": Bilingual("理由和依据文件", "Reason and document"),
}


def name_of(field: str, kind: str) -> Bilingual | None:
    """The field's name on the form of an entry of that kind; None for what only machines read."""
    found = KINDS[kind].field(field) if kind in KINDS else None
    return found.title if found is not None else _AROUND.get(field)
