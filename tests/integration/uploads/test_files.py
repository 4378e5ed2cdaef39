"""A file is kept by content, given back only as an attachment, and only to those in whose scope it lies."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.database.session import Database, reading, transaction
from portal.kernel.errors import Invalid
from portal.kernel.intake import LARGEST_FILE
from portal.kernel.roles import Role
from portal.uploads.models import Upload
from portal.uploads.queries import newest
from portal.uploads.store import keep, receive
from tests.fixtures.applicants import PDF
from tests.fixtures.cases import ELSEWHERE, EVERYTHING, HERE, person
from tests.integration.enterprises.desk import signed_in

OFFICER = person(Role.COUNTY_OFFICER, 1)


def kept(folder: Path, data: bytes = PDF, name: str = "营业执照.pdf") -> Upload:
    received = receive(io.BytesIO(data), folder=folder, filename=name, purpose="licence")
    with transaction(EVERYTHING) as session:
        return keep(session, received, enterprise_id=7, county=HERE, chain="01", actor=OFFICER)


def test_a_file_lies_under_a_random_name_with_its_hash_and_nobody_else_may_read_it(
    database: Database, tmp_path: Path
) -> None:
    row = kept(tmp_path, name="../../etc/cron.d/licence.pdf")
    file = tmp_path / "uploads" / row.stored_name
    assert file.read_bytes() == PDF and file.stat().st_mode & 0o077 == 0
    assert row.sha256 == hashlib.sha256(PDF).hexdigest() and row.filename == "licence.pdf"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", PDF + b"x" * LARGEST_FILE], ids=["empty", "zip", "large"])
def test_what_is_refused_leaves_nothing_on_the_disk(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        receive(io.BytesIO(data), folder=tmp_path, filename="licence.pdf", purpose="licence")
    assert set(refused.value.fields) == {"licence"}
    assert list(tmp_path.rglob("*")) == []


def test_no_more_is_read_than_a_file_may_have(tmp_path: Path) -> None:
    stream = io.BytesIO(b"x" * (LARGEST_FILE * 2))
    with pytest.raises(Invalid):
        receive(stream, folder=tmp_path, filename="a.pdf", purpose="licence")
    assert stream.tell() == LARGEST_FILE + 1


def test_the_file_brought_last_counts(database: Database, tmp_path: Path) -> None:
    kept(tmp_path)
    second = kept(tmp_path)
    with reading(EVERYTHING) as session:
        found = newest(session, 7, "licence")
    assert found is not None and found.id == second.id


def test_a_file_comes_back_as_an_attachment_that_nothing_may_run_or_keep(app: Flask, tmp_path: Path) -> None:
    row = kept(tmp_path)
    response = signed_in(app, OFFICER).client.get(f"/files/{row.id}")
    assert response.data == PDF and response.mimetype == "application/pdf"
    headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment") and headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in headers["Content-Security-Policy"]
    response.close()
    with reading(EVERYTHING) as session:
        event = session.scalars(select(AuditEvent)).one()
    assert (event.verb, event.subject, event.actor_id) == ("download", f"upload:{row.id}", 1)


def test_a_file_of_another_county_or_enterprise_is_not_there(app: Flask, tmp_path: Path) -> None:
    row = kept(tmp_path)
    own = person(Role.PREPARER, 5, enterprise_id=7)
    strangers = (
        person(Role.COUNTY_OFFICER, 3, county=ELSEWHERE),
        person(Role.PREPARER, 6, enterprise_id=8),
        person(Role.APPLICANT, 6, enterprise_id=8),
    )
    assert signed_in(app, own).get(f"/files/{row.id}").status == 200
    for stranger in strangers:
        assert signed_in(app, stranger).get(f"/files/{row.id}").status == 404
    for address in ("/files/0", "/files/99999999999999999999", "/files/-1", "/files/../secret"):
        assert signed_in(app, own).get(address).status == 404


def test_a_request_over_the_limit_is_refused_before_it_is_read(app: Flask) -> None:
    stream = io.BytesIO(b"x" * (13 * 1024 * 1024))
    client = signed_in(app, person(Role.APPLICANT, 5)).client
    response = client.post(
        "/registration",
        input_stream=stream,
        content_length=200 * 1024 * 1024,
        content_type="multipart/form-data; boundary=x",
    )
    assert (response.status_code, stream.tell()) == (413, 0)


def test_a_lost_file_is_a_page_and_no_fault(app: Flask, tmp_path: Path) -> None:
    row = kept(tmp_path)
    (tmp_path / "uploads" / row.stored_name).unlink()
    assert signed_in(app, OFFICER).get(f"/files/{row.id}").status == 404
