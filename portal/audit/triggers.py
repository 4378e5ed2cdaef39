"""The database's own part of the trail: rows are only added, and each added event moves its stream's head.

Plain DDL, so that a migration can run the same lines as `create_all`. A migration that rebuilds one of these tables
on SQLite loses its triggers and must run the lines of that table again.
"""

from __future__ import annotations

TABLES = ("audit_event", "audit_head", "audit_anchor")
_SAYS = "the audit trail is append-only"
_BACKWARDS = "NEW.seq < OLD.seq OR NEW.anchored_seq < OLD.anchored_seq OR NEW.stream <> OLD.stream"
_MOVE = "UPDATE audit_head SET seq = NEW.seq, digest = NEW.digest WHERE stream = NEW.stream AND seq = NEW.seq - 1;"
# Each refusal: name, table, verb, and the condition under which the row is refused (None: always).
_REFUSALS = (
    ("audit_event_no_update", "audit_event", "UPDATE", None),
    ("audit_event_no_delete", "audit_event", "DELETE", None),
    ("audit_anchor_no_update", "audit_anchor", "UPDATE", None),
    ("audit_anchor_no_delete", "audit_anchor", "DELETE", None),
    ("audit_head_no_delete", "audit_head", "DELETE", None),
    ("audit_head_only_forward", "audit_head", "UPDATE", _BACKWARDS),
)
_FUNCTIONS = (
    "CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$;"
    " CREATE OR REPLACE FUNCTION audit_moves_head() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN {_MOVE} RETURN NULL; END $$"
)


def trigger_ddl(dialect: str, table: str) -> list[str]:
    """The statements that guard one of `TABLES`, in the order to run them, for `sqlite` or `postgresql`."""
    return _sqlite(table) if dialect == "sqlite" else _postgresql(table)


def _sqlite(table: str) -> list[str]:
    found = []
    for name, guarded, verb, condition in _REFUSALS:
        if guarded == table:
            when = f" WHEN {condition}" if condition else ""
            found.append(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )
    if table == "audit_event":
        found.append(f"CREATE TRIGGER audit_event_moves_head AFTER INSERT ON audit_event BEGIN {_MOVE} END")
    return found


def _postgresql(table: str) -> list[str]:
    found = [_FUNCTIONS]
    for name, guarded, verb, condition in _REFUSALS:
        if guarded == table:
            when = f" WHEN ({condition})" if condition else ""
            found.append(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION audit_refuses()"
            )
    if table == "audit_event":
        found.append(
            "CREATE TRIGGER audit_event_moves_head AFTER INSERT ON audit_event "
            "FOR EACH ROW EXECUTE FUNCTION audit_moves_head()"
        )
    return found
