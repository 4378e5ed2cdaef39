"""Policies are edited in the portal: drafts, and versions that stand from a day on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

IS_OPEN = sa.text("state IN ('draft', 'submitted')")
NUMBER, OLD_NUMBER = '1, 2 … of the policy', '1, 2 … of the policy; the highest one stands'
COLUMNS = (
    ('effective_on', sa.Date(), '2022-01-01', 'first day it stands, Asia/Shanghai'),
    ('source', sa.String(length=8), 'seed', 'seed: the definition file; edit: a published draft'),
    ('published_by_name', sa.String(length=200), '', 'name as it was then'),
)


def upgrade() -> None:
    with op.batch_alter_table('policy_version') as batch_op:
        batch_op.drop_constraint(op.f('uq_policy_version_code_content_hash'), type_='unique')
        for name, kind, default, comment in COLUMNS:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default, comment=comment))
        batch_op.create_check_constraint(op.f('ck_policy_version_source'), "source IN ('seed', 'edit')")
        batch_op.create_check_constraint(op.f('ck_policy_version_edit_has_publisher'), "source = 'seed' OR created_by_id IS NOT NULL")
    with op.batch_alter_table('policy_version') as batch_op:
        # What stands already is shipped and from the start; what comes says it itself.
        for name, kind, _, comment in COLUMNS:
            batch_op.alter_column(
                name, existing_type=kind, existing_comment=comment, existing_nullable=False, server_default=None
            )
    _say(NUMBER, OLD_NUMBER)
    op.create_table('policy_draft',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False, comment='P201'),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='the whole definition as it shall read'),
    sa.Column('base_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='policy_version.id it was drafted from; empty: a new policy'),
    sa.Column('effective_on', sa.Date(), nullable=True, comment='first day; empty: the day it is published'),
    sa.Column('reason', sa.Text(), nullable=False, comment='why, and from which document'),
    sa.Column('state', sa.String(length=12), nullable=False, comment='draft → submitted → published'),
    sa.Column('version', sa.Integer(), nullable=False, comment='grows with every change; refuses stale pages'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='account.id of the drafter'),
    sa.Column('created_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.Column('editor_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='account.id of everybody who typed into it'),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('published_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id; never the drafter'),
    sa.Column('published_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='policy_version.id it became'),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'published', 'dropped')", name=op.f('ck_policy_draft_state')),
    sa.CheckConstraint("(state IN ('submitted', 'published')) = (submitted_at IS NOT NULL)", name=op.f('ck_policy_draft_submitted')),
    sa.CheckConstraint("(state = 'published') = (version_id IS NOT NULL)", name=op.f('ck_policy_draft_published')),
    sa.CheckConstraint("(state = 'published') = (published_by_id IS NOT NULL)", name=op.f('ck_policy_draft_published_by')),
    sa.CheckConstraint('published_by_id IS NULL OR published_by_id <> created_by_id', name=op.f('ck_policy_draft_second_person')),
    sa.ForeignKeyConstraint(['base_id'], ['policy_version.id'], name=op.f('fk_policy_draft_base_id')),
    sa.ForeignKeyConstraint(['version_id'], ['policy_version.id'], name=op.f('fk_policy_draft_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_draft'))
    )
    with op.batch_alter_table('policy_draft') as batch_op:
        batch_op.create_index('uq_policy_draft_open', ['code'], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)


def downgrade() -> None:
    op.drop_table('policy_draft')
    with op.batch_alter_table('policy_version') as batch_op:
        batch_op.drop_constraint(op.f('ck_policy_version_edit_has_publisher'), type_='check')
        batch_op.drop_constraint(op.f('ck_policy_version_source'), type_='check')
        for name, *_ in COLUMNS:
            batch_op.drop_column(name)
        batch_op.create_unique_constraint(op.f('uq_policy_version_code_content_hash'), ['code', 'content_hash'])
    _say(OLD_NUMBER, NUMBER)


def _say(comment: str, before: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':  # SQLite keeps no comments
        op.alter_column('policy_version', 'number', existing_type=sa.Integer(), comment=comment, existing_comment=before)
