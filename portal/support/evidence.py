"""What a submission keeps for good: answers, documents, and every condition as it stood that day. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from ..kernel.bilingual import Bilingual
from .answers import DECLARATION_VERSION
from .evaluate import Status
from .match import Line, Match


@dataclass(frozen=True, slots=True)
class Subject:
    """The enterprise as it was named then, and who certified."""

    name: str
    credit_code: str
    certified: str


class Filed(Protocol):
    """A file of the application, as far as it is evidence."""

    @property
    def id(self) -> Any: ...
    @property
    def filename(self) -> Any: ...
    @property
    def sha256(self) -> Any: ...


def files_of(documents: Mapping[str, Filed]) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "upload": row.id, "filename": row.filename, "sha256": row.sha256}
        for kind, row in sorted(documents.items())
    ]


def content_of(
    policy: tuple[str, int],
    subject: Subject,
    answers: Mapping[str, str],
    documents: Sequence[Mapping[str, Any]],
    found: Match,
    day: date,
) -> dict[str, Any]:
    """`policy` is its code and the number of its version."""
    return {
        "policy": policy[0],
        "policy_version": policy[1],
        "answers": dict(answers),
        "documents": list(documents),
        "conditions": [_kept(line) for line in found.conditions],
        "vetoes": [_kept(line) for line in found.vetoes],
        "on": day.isoformat(),
        "enterprise": {"name": subject.name, "credit_code": subject.credit_code},
        "certified": subject.certified,
        "declaration": DECLARATION_VERSION,
    }


def lines_then(content: Mapping[str, Any]) -> tuple[Line, ...]:
    """The conditions and vetoes as they stood at submission."""
    return tuple(
        Line(
            Bilingual(row["text_zh"], row["text_en"]),
            Status(row["status"]),
            Bilingual(row["detail_zh"], row["detail_en"]),
        )
        for row in (*content["conditions"], *content["vetoes"])
    )


def _kept(line: Line) -> dict[str, str]:
    return {
        "text_zh": line.text.zh,
        "text_en": line.text.en,
        "status": line.status.value,
        "detail_zh": line.detail.zh,
        "detail_en": line.detail.en,
    }
