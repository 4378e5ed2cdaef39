"""The papers of the demonstration: a record per registered enterprise, a receipt per submission of the open quarter,
a letter per award.

A deed. Of closed quarters only the first enterprises have receipts, those of the listed accounts among them: enough to
print one and scan its code, without a paper for each of ten thousand filings.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..casework.models import Case
from ..certificates.issue import drawn
from ..certificates.models import Paper
from ..certificates.rules import ALPHABET, SERIAL_LETTERS, TOKEN_LETTERS, PaperKind, PaperState, serial_number
from ..certificates.snapshot import Snapshot, canonical_hash
from ..enterprises.issue_record import SUBJECT, record_snapshot
from ..enterprises.models import Enterprise
from ..filing.estimate import estimates_in
from ..filing.models import FilingVersion
from ..filing.receipt import Sent, receipt_snapshot, subject_of
from ..kernel.bilingual import Bilingual
from ..kernel.clock import local
from ..kernel.period import Quarter
from ..support.letter import Holder, letter_snapshot, letter_subject
from ..support.models import Award
from ..support.policy import Policy
from .answers import Draft
from .city import City

KEEPERS = 12  # the first enterprises have a receipt of every quarter


def add_record(city: City, enterprise: Enterprise, case: Case, at: datetime, chance: random.Random) -> None:
    letters = "".join(chance.choices(ALPHABET, k=SERIAL_LETTERS))
    serial = serial_number(PaperKind.REGISTRATION_RECORD, local(at).year, letters)
    states = record_snapshot(enterprise, city.catalogue)
    city.book.add(_paper(PaperKind.REGISTRATION_RECORD, serial, SUBJECT, states, case, case.decided_by_id, at))


def receipt(
    version: FilingVersion, content: Mapping[str, Any], enterprise: Enterprise, case: Case, draft: Draft
) -> Paper:
    """`content` is what the version holds, before it was written out."""
    quarter, at = Quarter.from_code(version.quarter), version.submitted_at
    name = Bilingual(enterprise.name_zh, enterprise.name_en or "")
    by, estimated = content["people"]["certified"], frozenset(estimates_in(content))
    sent = Sent(quarter, name, enterprise.credit_code, by, at, version.sha256, estimated)
    states = receipt_snapshot(draft.judged, sent)
    subject, person = subject_of(quarter), version.submitted_by_id
    return _paper(PaperKind.FILING_RECEIPT, version.receipt_no, subject, states, case, person, at)


def award_letter(
    policy: Policy, award: Award, enterprise: Enterprise, case: Case, at: datetime, chance: random.Random
) -> Paper:
    letters = "".join(chance.choices(ALPHABET, k=SERIAL_LETTERS))
    serial = serial_number(PaperKind.AWARD_LETTER, local(at).year, letters)
    states = letter_snapshot(
        policy,
        Holder(Bilingual(award.holder, enterprise.name_en), award.credit_code),
        amount=award.amount,
        year=award.year,
        decision_no=award.decision_no,
        decided_on=award.decided_on,
    )
    return _paper(PaperKind.AWARD_LETTER, serial, letter_subject(award.id), states, case, award.created_by_id, at)


def _paper(
    kind: PaperKind, serial: str, subject: str, states: Snapshot, case: Case, person: int | None, at: datetime
) -> Paper:
    content = states.content()
    return Paper(
        kind=kind,
        serial=serial,
        token=drawn(TOKEN_LETTERS),
        subject=subject,
        case_id=case.id,
        snapshot=content,
        sha256=canonical_hash(content),
        state=PaperState.VALID,
        valid_from=at,
        reason="",
        enterprise_id=case.enterprise_id,
        county=case.county,
        chain=case.chain,
        created_at=at,
        created_by_id=person,
    )
