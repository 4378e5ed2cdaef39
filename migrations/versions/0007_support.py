"""policy support

Revises 0006.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

NEW_KINDS = ("application", "award")
COMMENT = "registration, access, filing, application, award"
COMMENT_BEFORE = "registration, access or filing"


def set_kinds(add: bool) -> None:
    """Widens (or narrows) the CHECK on review_case.kind by this migration's kinds, whatever other kinds stand there."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        said = connection.scalar(
            sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_review_case_kind'")
        )
        op.execute("ALTER TABLE review_case DROP CONSTRAINT ck_review_case_kind")
        op.execute(f"ALTER TABLE review_case ADD CONSTRAINT ck_review_case_kind CHECK ({among(said, add)})")
        op.execute(f"COMMENT ON COLUMN review_case.kind IS '{COMMENT if add else COMMENT_BEFORE}'")
        return
    # SQLite alters no constraint, and making the table anew would lose its partial indexes: the text itself is changed.
    said = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'review_case'"))
    form = re.compile(r"(CONSTRAINT ck_review_case_kind CHECK )\(kind IN \([^)]*\)\)")
    found = form.search(said)
    if found is None:
        raise RuntimeError("review_case has no ck_review_case_kind")
    changed = form.sub(lambda match: f"{match[1]}({among(found[0], add)})", said)
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'review_case'"), {"sql": changed}
    )
    connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))


def among(said: str, add: bool) -> str:
    kinds = set(re.findall(r"'(\w+)'", said)) - set(NEW_KINDS)
    listed = ", ".join(f"'{kind}'" for kind in sorted(kinds | set(NEW_KINDS if add else ())))
    return f"kind IN ({listed})"


def upgrade() -> None:
    set_kinds(add=True)
    op.create_table('budget_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('policy_code', sa.String(length=12), nullable=False, comment='P201'),
    sa.Column('year', sa.Integer(), nullable=False, comment='budget year'),
    sa.Column('amount', sa.BigInteger(), nullable=False, comment='yuan'),
    sa.Column('committed', sa.BigInteger(), nullable=False, comment='yuan granted'),
    sa.Column('source', sa.String(length=200), nullable=False, comment='the document it was taken from'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint('committed >= 0 AND committed <= amount', name=op.f('ck_budget_line_never_exceeded')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_budget_line')),
    sa.UniqueConstraint('policy_code', 'year', name=op.f('uq_budget_line_policy_code_year'))
    )
    op.create_table('dated_list',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('list', sa.String(length=40), nullable=False, comment='code of the list: high-tech, credit-breach …'),
    sa.Column('dated_on', sa.Date(), nullable=False, comment='date of the document'),
    sa.Column('source', sa.String(length=200), nullable=False, comment='the document it was taken from'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dated_list'))
    )
    with op.batch_alter_table('dated_list', schema=None) as batch_op:
        batch_op.create_index('ix_dated_list_list', ['list', 'dated_on'], unique=False)

    op.create_table('policy_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False, comment='P201'),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2 … of the policy; the highest one stands'),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='the definition, field by field'),
    sa.Column('content_hash', sa.String(length=64), nullable=False, comment='sha256 of the canonical content, hex'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_version')),
    sa.UniqueConstraint('code', 'content_hash', name=op.f('uq_policy_version_code_content_hash')),
    sa.UniqueConstraint('code', 'number', name=op.f('uq_policy_version_code_number'))
    )
    op.create_table('dated_list_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dated_list_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='dated_list.id'),
    sa.Column('list', sa.String(length=40), nullable=False, comment='code of the list'),
    sa.Column('credit_code', sa.String(length=18), nullable=False, comment='as on the list'),
    sa.Column('value', sa.String(length=20), nullable=False, comment='class or level, if the list has one'),
    sa.Column('dated_on', sa.Date(), nullable=False, comment='date of the document'),
    sa.Column('until_on', sa.Date(), nullable=True, comment='first day no longer; empty while it lasts'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.ForeignKeyConstraint(['dated_list_id'], ['dated_list.id'], name=op.f('fk_dated_list_entry_dated_list_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dated_list_entry')),
    sa.UniqueConstraint('dated_list_id', 'enterprise_id', name=op.f('uq_dated_list_entry_dated_list_id_enterprise_id'))
    )
    with op.batch_alter_table('dated_list_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dated_list_entry_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('support_application',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('policy_code', sa.String(length=12), nullable=False, comment='P201'),
    sa.Column('ordinal', sa.Integer(), nullable=False, comment='1, 2 … of the enterprise under this policy'),
    sa.Column('policy_version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='policy_version.id'),
    sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='what was typed, by field name'),
    sa.Column('draft_version', sa.Integer(), nullable=False, comment='rises by one with every save that changes'),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=True, comment='newest save, instant, UTC'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint('draft_version >= 1', name=op.f('ck_support_application_draft_version')),
    sa.ForeignKeyConstraint(['policy_version_id'], ['policy_version.id'], name=op.f('fk_support_application_policy_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_application')),
    sa.UniqueConstraint('enterprise_id', 'policy_code', 'ordinal', name=op.f('uq_support_application_enterprise_id_policy_code_ordinal'))
    )
    with op.batch_alter_table('support_application', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_support_application_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('award',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('application_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='support_application.id'),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='review_case.id of the decision'),
    sa.Column('policy_code', sa.String(length=12), nullable=False, comment='P201'),
    sa.Column('policy_version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='policy_version.id'),
    sa.Column('budget_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='budget_line.id; empty for a designation'),
    sa.Column('year', sa.Integer(), nullable=False, comment='budget year'),
    sa.Column('amount', sa.BigInteger(), nullable=False, comment='yuan; 0 for a designation'),
    sa.Column('reckoning', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='how the amount came about, in words'),
    sa.Column('decision_no', sa.String(length=30), nullable=False, comment='number of the decision'),
    sa.Column('decided_on', sa.Date(), nullable=False, comment='day of the decision'),
    sa.Column('holder', sa.String(length=200), nullable=False, comment="the enterprise's name as it was then"),
    sa.Column('credit_code', sa.String(length=18), nullable=False, comment='its unified social credit code'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_award_amount')),
    sa.ForeignKeyConstraint(['application_id'], ['support_application.id'], name=op.f('fk_award_application_id')),
    sa.ForeignKeyConstraint(['budget_line_id'], ['budget_line.id'], name=op.f('fk_award_budget_line_id')),
    sa.ForeignKeyConstraint(['case_id'], ['review_case.id'], name=op.f('fk_award_case_id')),
    sa.ForeignKeyConstraint(['policy_version_id'], ['policy_version.id'], name=op.f('fk_award_policy_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_award')),
    sa.UniqueConstraint('application_id', name=op.f('uq_award_application_id')),
    sa.UniqueConstraint('decision_no', name=op.f('uq_award_decision_no'))
    )
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_award_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index('ix_award_enterprise_policy', ['enterprise_id', 'policy_code', 'year'], unique=False)

    op.create_table('support_application_step',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('application_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='support_application.id'),
    sa.Column('number', sa.Integer(), nullable=False, comment='1 county check, 2 city decision'),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='review_case.id'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.ForeignKeyConstraint(['application_id'], ['support_application.id'], name=op.f('fk_support_application_step_application_id')),
    sa.ForeignKeyConstraint(['case_id'], ['review_case.id'], name=op.f('fk_support_application_step_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_application_step')),
    sa.UniqueConstraint('application_id', 'number', name=op.f('uq_support_application_step_application_id_number')),
    sa.UniqueConstraint('case_id', name=op.f('uq_support_application_step_case_id'))
    )
    with op.batch_alter_table('support_application_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_support_application_step_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('support_document',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('application_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='support_application.id'),
    sa.Column('kind', sa.String(length=20), nullable=False, comment="what it is, by the policy's list of documents"),
    sa.Column('upload_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='upload.id'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.ForeignKeyConstraint(['application_id'], ['support_application.id'], name=op.f('fk_support_document_application_id')),
    sa.ForeignKeyConstraint(['upload_id'], ['upload.id'], name=op.f('fk_support_document_upload_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_document'))
    )
    with op.batch_alter_table('support_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_support_document_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_support_document_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('support_submission',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('application_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='support_application.id'),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2 … of the application'),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='answers, documents, policy, conditions'),
    sa.Column('sha256', sa.String(length=64), nullable=False, comment='sha256 of the canonical content, hex'),
    sa.Column('receipt_no', sa.String(length=24), nullable=False, comment='number of the receipt'),
    sa.Column('accept_by', sa.Date(), nullable=False, comment="promised day of the county's check"),
    sa.Column('decide_by', sa.Date(), nullable=False, comment="promised day of the city's decision"),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('submitted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of the certifier'),
    sa.Column('idempotency_key', sa.String(length=64), nullable=False, comment='of the post that made it: a repeated post finds its submission'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.ForeignKeyConstraint(['application_id'], ['support_application.id'], name=op.f('fk_support_submission_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_submission')),
    sa.UniqueConstraint('application_id', 'number', name=op.f('uq_support_submission_application_id_number')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_support_submission_idempotency_key')),
    sa.UniqueConstraint('receipt_no', name=op.f('uq_support_submission_receipt_no'))
    )
    with op.batch_alter_table('support_submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_support_submission_enterprise_id'), ['enterprise_id'], unique=False)



def downgrade() -> None:
    # Cases of kinds that the older table does not know go with what they were about.
    op.execute("DELETE FROM award")
    op.execute("DELETE FROM support_application_step")
    for table in ("case_remark", "case_decision"):
        op.execute(f"DELETE FROM {table} WHERE case_id IN (SELECT id FROM review_case WHERE kind IN ('application', 'award'))")
    op.execute("DELETE FROM review_case WHERE kind IN ('application', 'award')")
    set_kinds(add=False)
    with op.batch_alter_table('support_submission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_support_submission_enterprise_id'))

    op.drop_table('support_submission')
    with op.batch_alter_table('support_document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_support_document_enterprise_id'))
        batch_op.drop_index(batch_op.f('ix_support_document_application_id'))

    op.drop_table('support_document')
    with op.batch_alter_table('support_application_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_support_application_step_enterprise_id'))

    op.drop_table('support_application_step')
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.drop_index('ix_award_enterprise_policy')
        batch_op.drop_index(batch_op.f('ix_award_enterprise_id'))

    op.drop_table('award')
    with op.batch_alter_table('support_application', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_support_application_enterprise_id'))

    op.drop_table('support_application')
    with op.batch_alter_table('dated_list_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dated_list_entry_enterprise_id'))

    op.drop_table('dated_list_entry')
    op.drop_table('policy_version')
    with op.batch_alter_table('dated_list', schema=None) as batch_op:
        batch_op.drop_index('ix_dated_list_list')

    op.drop_table('dated_list')
    op.drop_table('budget_line')
