"""The bureau edits the catalogue: drafts, a second person, dated versions, and earlier quarters that stay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.catalogue import commands
from portal.catalogue.commands import Place
from portal.catalogue.drafting import publish
from portal.catalogue.models import CatalogueDraft, CatalogueEntry
from portal.catalogue.queries import (
    bases,
    catalogue_at,
    draft,
    draft_items,
    drafts,
    history,
    newest_opened,
    standing_version,
    version,
)
from portal.catalogue.reader import checked_entries
from portal.catalogue.second_person import locked_draft
from portal.database.session import Database, reading, transaction
from portal.enterprises.models import Enterprise
from portal.kernel.errors import Conflict, Illegal, Invalid, Missing
from portal.kernel.period import Quarter
from portal.kernel.roles import Actor, Role, Scope, system
from tests.fixtures.cases import HERE
from tests.fixtures.filers import ENTERPRISE, add_enterprise

pytestmark = pytest.mark.content("catalogue")
BEFORE, FROM = Quarter(2026, 3), Quarter(2026, 4)
EVERYTHING = Scope.everything("a test")
NEW_NAME = "滚动功能部件与直线运动"


def bureau(account_id: int, role: Role = Role.BUREAU_LEAD) -> Actor:
    return Actor(account_id, f"bureau{account_id}", f"Bureau {account_id}", frozenset({role}), EVERYTHING)


DRAFTER, SECOND = bureau(1, Role.BUREAU_OFFICER), bureau(2)
NEW = Place(title="链名调整", effective_from=FROM, reason="市经信局文件，链名调整")


def content_of(kind: str, code: str, **changed: object) -> dict[str, object]:
    with reading(EVERYTHING) as session:
        row = standing_version(session, kind, code, FROM)
        assert row is not None
        return {**row.content, **changed}


def drafted(actor: Actor = DRAFTER, place: Place = NEW, **changed: object) -> int:
    return commands.draft_change(
        actor, place, "chain", "05", content_of("chain", "05", **(changed or {"name_zh": NEW_NAME}))
    )


def version_of(draft_id: int) -> int:
    with reading(EVERYTHING) as session:
        return draft(session, draft_id).version


def submitted() -> int:
    draft_id = drafted()
    commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))
    return draft_id


def published() -> int:
    draft_id = submitted()
    commands.publish_draft(SECOND, draft_id, version_of(draft_id))
    return draft_id


def name_in(quarter: Quarter, chain: str = "05") -> str:
    with reading(Scope.nobody()) as session:
        return catalogue_at(session, quarter).chain(chain).title.zh


def test_a_new_chain_name_is_a_dated_version_and_an_earlier_quarter_still_prints_the_old_one(
    database: Database,
) -> None:
    old = name_in(FROM)
    published()
    assert name_in(BEFORE) == old != NEW_NAME
    assert name_in(FROM) == name_in(FROM + 5) == NEW_NAME
    with reading(EVERYTHING) as session:
        newest, first = history(session, "chain", "05")
        assert (newest.effective_from, newest.source, newest.published_by_name) == (FROM, "edit", SECOND.name)
        assert (first.effective_from, first.source, first.entry.title.zh) == (Quarter(2022, 1), "seed", old)


def test_a_draft_changes_nothing_before_it_is_published(database: Database) -> None:
    old = name_in(FROM)
    submitted()
    assert name_in(FROM) == old


def test_the_drafter_cannot_publish(database: Database) -> None:
    draft_id = drafted(SECOND)
    commands.submit_draft(SECOND, draft_id, version_of(draft_id))
    with pytest.raises(Illegal, match="own-draft"):
        commands.publish_draft(SECOND, draft_id, version_of(draft_id))
    commands.publish_draft(bureau(3), draft_id, version_of(draft_id))


def test_nor_can_anybody_who_typed_into_it(database: Database) -> None:
    draft_id = drafted()
    place = Place(draft_id=draft_id, version=version_of(draft_id))
    commands.draft_change(SECOND, place, "task", "1", content_of("task", "1", name_en="Targeted investment"))
    commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))
    with pytest.raises(Illegal, match="own-draft"):
        commands.publish_draft(SECOND, draft_id, version_of(draft_id))


def test_only_a_submitted_draft_is_published(database: Database) -> None:
    draft_id = drafted()
    with pytest.raises(Illegal, match="draft-state"):
        commands.publish_draft(SECOND, draft_id, version_of(draft_id))


def test_a_submitted_draft_is_given_back_changed_and_submitted_again(database: Database) -> None:
    draft_id = submitted()
    with pytest.raises(Illegal, match="draft-state"):
        drafted(place=Place(draft_id=draft_id, version=version_of(draft_id)), name_zh="别的名称")
    commands.reopen_draft(SECOND, draft_id, version_of(draft_id))
    drafted(place=Place(draft_id=draft_id, version=version_of(draft_id)), name_zh="另一个名称")
    commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))
    commands.publish_draft(SECOND, draft_id, version_of(draft_id))
    assert name_in(FROM) == "另一个名称"


@pytest.mark.parametrize(
    "step", [commands.submit_draft, commands.drop_draft, commands.publish_draft, commands.reopen_draft]
)
def test_a_stale_page_is_refused(database: Database, step: object) -> None:
    draft_id = drafted() if step in (commands.submit_draft, commands.drop_draft) else submitted()
    with pytest.raises(Conflict, match="draft-stale"):
        step(SECOND, draft_id, version_of(draft_id) - 1)  # type: ignore[operator]


def test_a_dropped_draft_is_closed(database: Database) -> None:
    draft_id = submitted()
    commands.drop_draft(DRAFTER, draft_id, version_of(draft_id))
    with pytest.raises(Illegal, match="draft-state"):
        commands.publish_draft(SECOND, draft_id, version_of(draft_id))
    with reading(EVERYTHING) as session:
        assert [d.state for d in drafts(session)] == ["dropped"]


def test_an_empty_draft_cannot_be_submitted(database: Database) -> None:
    draft_id = drafted()
    with reading(EVERYTHING) as session:
        (item,) = draft_items(session, draft_id)
    commands.remove_item(DRAFTER, draft_id, version_of(draft_id), item.id)
    with pytest.raises(Illegal, match="draft-empty"):
        commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))


def test_an_unchanged_entry_is_no_change(database: Database) -> None:
    with pytest.raises(Invalid, match="unchanged"):
        commands.draft_change(DRAFTER, NEW, "unit", "331100-KFQ", content_of("unit", "331100-KFQ"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name_en": ""}, "name_en"),
        ({"name_en": "滚动"}, "name_en"),
        ({"name_zh": "滚动\u202e部件"}, "name_zh"),
        ({"name_zh": "滚\x00动"}, "name_zh"),
        ({"name_zh": "长" * 70_000}, "name_zh"),
        ({"source": ""}, "source"),
        ({"status": "maybe"}, "status"),
        ({"cluster": "NONE"}, "cluster"),
        ({"counties": ["331102", "999999"]}, "counties"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_field_and_nothing_is_written(
    database: Database, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(**changed)
    assert set(refused.value.fields) == {field}
    with reading(EVERYTHING) as session:
        assert not drafts(session)


def test_a_new_class_needs_a_division_that_is_loaded(database: Database) -> None:
    content = {"name_zh": "示例小类", "name_en": "Sample class", "source": "GB4754", "status": "to_confirm"}
    with pytest.raises(Invalid) as refused:
        commands.draft_change(DRAFTER, NEW, "class", "9901", content, is_new=True)
    assert {name: message.en for name, message in refused.value.fields.items()} == {
        "code": "The division of industry class 9901 is not in the catalogue."
    }
    assert commands.draft_change(DRAFTER, NEW, "class", "3498", content, is_new=True)


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        (Place(title="", effective_from=FROM, reason="ok"), {"title", "reason"}),
        (Place(title="x\x00", effective_from=FROM, reason="依据文件" * 1000), {"title", "reason"}),
        (Place(title="好", effective_from=Quarter(2021, 4), reason="依据文件"), {"effective_from"}),
    ],
)
def test_a_draft_needs_a_title_a_reason_and_a_quarter_of_the_plan(
    database: Database, place: Place, fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(place=place)
    assert set(refused.value.fields) == fields


def test_no_change_reaches_back_before_the_newest_opened_window(database: Database) -> None:
    commands.open_window(SECOND, FROM)
    with pytest.raises(Invalid) as refused:
        drafted(place=Place(title="好", effective_from=BEFORE, reason="依据文件"))
    assert set(refused.value.fields) == {"effective_from"}
    with reading(EVERYTHING) as session:
        assert newest_opened(session) == FROM


def test_a_draft_overtaken_by_a_window_is_not_published(database: Database) -> None:
    draft_id = submitted()
    commands.open_window(SECOND, FROM + 1)
    with pytest.raises(Illegal, match="draft-effective"):
        commands.publish_draft(SECOND, draft_id, version_of(draft_id))


def test_two_drafts_of_one_entry_the_second_one_is_told_what_moved(database: Database) -> None:
    late = drafted(name_zh="后来的名称")
    commands.submit_draft(DRAFTER, late, version_of(late))
    published()
    with pytest.raises(Conflict, match="draft-base") as refused:
        commands.publish_draft(SECOND, late, version_of(late))
    assert refused.value.changed["05"].zh == "后来的名称"


def test_two_publications_at_once_come_one_after_the_other_and_no_snapshot_lacks_the_first(database: Database) -> None:
    first, other = (
        submitted(),
        commands.draft_change(DRAFTER, NEW, "chain", "06", content_of("chain", "06", name_zh="汽车热管理部件")),
    )
    same = drafted(name_zh="后来的名称")
    for draft_id in (other, same):
        commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))
    with ThreadPoolExecutor(2) as pool:
        with transaction(SECOND) as session:
            publish(session, locked_draft(session, CatalogueDraft, first, version_of(first), "submitted"), SECOND)
            later = [pool.submit(commands.publish_draft, SECOND, one, version_of(one)) for one in (other, same)]
            assert not wait(later, 0.3).done
            before = name_in(FROM)  # a process keeps this snapshot under the newest id committed so far
        faults = [one.exception(30) for one in later]
    assert before != NEW_NAME and name_in(FROM) == NEW_NAME
    assert faults[0] is None and name_in(FROM, "06") == "汽车热管理部件"
    assert isinstance(faults[1], Conflict) and faults[1].code == "draft-base"


def test_a_change_cannot_apply_before_a_version_that_is_already_dated_later(database: Database) -> None:
    published()
    early = commands.draft_change(
        DRAFTER,
        Place(title="早", effective_from=BEFORE, reason="依据文件"),
        "chain",
        "05",
        content_of("chain", "05", name_zh="早的名称"),
    )
    with pytest.raises(Illegal, match="draft-overtaken"):
        commands.submit_draft(DRAFTER, early, version_of(early))


def test_a_new_entry_is_added_and_a_used_one_is_retired_but_still_found(database: Database) -> None:
    fresh = {**content_of("segment", "05-M3"), "name_zh": "精密减速器", "name_en": "Precision reducers"}
    draft_id = commands.draft_change(DRAFTER, NEW, "segment", "05-M4", fresh)
    place = Place(draft_id=draft_id, version=version_of(draft_id))
    commands.draft_change(DRAFTER, place, "segment", "05-U3", content_of("segment", "05-U3", retired=True))
    commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))
    commands.publish_draft(SECOND, draft_id, version_of(draft_id))
    with reading(EVERYTHING) as session:
        before, after = catalogue_at(session, BEFORE), catalogue_at(session, FROM)
        assert "05-M4" in after.segments
        assert "05-M4" not in before.segments
        assert "05-U3" not in after.segments
        assert after.segment("05-U3").retired
        assert "05-U3" in before.segments
        assert not bases(session, draft_items(session, draft_id)).keys() - {
            row.id for row in session.scalars(select(CatalogueEntry))
        }


def test_an_entry_others_refer_to_cannot_be_retired(database: Database) -> None:
    draft_id = commands.draft_change(DRAFTER, NEW, "cluster", "HEAL", content_of("cluster", "HEAL", retired=True))
    with pytest.raises(Illegal, match="draft-faults"):
        commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))


def test_a_division_whose_classes_are_in_use_is_not_retired_and_the_draft_says_where(database: Database) -> None:
    draft_id = commands.draft_change(DRAFTER, NEW, "division", "64", content_of("division", "64", retired=True))
    with pytest.raises(Illegal, match="draft-faults") as refused:
        commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))
    said = [fault.en.partition(": ")[0] for fault in refused.value.fields.values()]
    assert {"Industry class 6450", "Segment 16-U2, Industry classes"} <= set(said)
    for kind, code in (("class", "6432"), ("class", "6450"), ("segment", "16-U2"), ("segment", "16-D1")):
        away = {"retired": True} if kind == "class" else {"gb_classes": []}
        place = Place(draft_id=draft_id, version=version_of(draft_id))
        commands.draft_change(DRAFTER, place, kind, code, content_of(kind, code, **away))
    commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))


def test_what_registered_enterprises_stand_in_is_not_retired_from_under_them(database: Database) -> None:
    with transaction(EVERYTHING) as session:
        add_enterprise(session, gb_class="0610")
    draft_id = commands.draft_change(DRAFTER, NEW, "division", "06", content_of("division", "06", retired=True))
    with pytest.raises(Illegal, match="draft-faults") as refused:
        commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))
    assert [one.zh for one in refused.value.fields.values()] == ["行业大类06：还有1家已登记的企业，不能停用。"]
    with transaction(EVERYTHING) as session:
        session.get_one(Enterprise, ENTERPRISE).status = "merged"
    commands.submit_draft(DRAFTER, draft_id, version_of(draft_id))
    with transaction(EVERYTHING) as session:
        session.get_one(Enterprise, ENTERPRISE).status = "registered"
    with pytest.raises(Illegal, match="draft-faults"):  # it may have come since the draft was submitted
        commands.publish_draft(SECOND, draft_id, version_of(draft_id))
    unit = commands.draft_change(DRAFTER, NEW, "unit", HERE, content_of("unit", HERE, retired=True))
    with pytest.raises(Illegal, match="draft-faults") as refused:
        commands.submit_draft(DRAFTER, unit, version_of(unit))
    assert f"unit:{HERE}" in refused.value.fields


def test_a_kind_that_is_none_is_missing(database: Database) -> None:
    with pytest.raises(Missing):
        commands.draft_change(DRAFTER, NEW, "nonsense", "05", {})


def test_a_published_version_never_changes(database: Database) -> None:
    from portal.database.session import transaction

    with pytest.raises(ValueError, match="never changes"), transaction(EVERYTHING) as session:
        row = session.scalars(select(CatalogueEntry).limit(1)).one()
        row.content = {}
        session.flush()


def test_loading_again_adds_nothing_and_never_overwrites_an_edit(database: Database) -> None:
    published()
    with reading(EVERYTHING) as session:
        before = session.scalar(select(func.count()).select_from(CatalogueEntry))
    done = commands.load_definitions()
    assert (done.added, done.kept_edits, done.days) == (0, (), 0)
    assert name_in(FROM) == NEW_NAME
    with reading(EVERYTHING) as session:
        assert session.scalar(select(func.count()).select_from(CatalogueEntry)) == before


def test_a_shipped_correction_becomes_a_version_unless_the_bureau_has_edited_the_entry(
    database: Database, tmp_path: object
) -> None:
    from portal.catalogue.linter import RawEntry
    from portal.catalogue.loader import load
    from portal.database.session import transaction

    published()
    corrected = [
        RawEntry(raw.kind, raw.code, raw.effective_from, {**raw.content, "name_en": "Corrected"}, raw.place)
        for raw in checked_entries()
        if (raw.kind, raw.code) in {("chain", "05"), ("chain", "06")}
    ]
    with transaction(system("a test")) as session:
        done = load(session, corrected, [], [])
    assert (done.added, done.kept_edits) == (1, ("chain 05",))
    with reading(EVERYTHING) as session:
        catalogue = catalogue_at(session, FROM)
        assert catalogue.chain("06").title.en == "Corrected"
        assert catalogue.chain("05").title.zh == NEW_NAME


def test_every_step_leaves_one_event_in_the_catalogues_stream(database: Database) -> None:
    published()
    with reading(EVERYTHING) as session:
        verbs = session.scalars(
            select(AuditEvent.verb).where(AuditEvent.stream == "catalogue").order_by(AuditEvent.seq)
        ).all()
    assert verbs == ["load", "draft", "submit", "publish"]


def test_a_snapshot_costs_one_statement_and_none_when_the_version_is_known(database: Database) -> None:
    from sqlalchemy import event

    seen: list[str] = []
    with reading(Scope.nobody()) as session:
        known = version(session)
        catalogue_at(session, FROM)
        event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        first = catalogue_at(session, FROM)
        assert len(seen) == 1
        assert catalogue_at(session, FROM, known) is first
        assert len(seen) == 1
