"""a county accepts and locks its quarter

Revises 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

LOCKED_ON = "day its county accepted the quarter: nothing of it moves any more; null: not locked"
FILING = "locked_on IS NULL OR kind = 'filing'"
WAITING = "locked_on IS NULL OR NOT (state IN ('submitted', 'under_review'))"
STANDS = "taken_back_at IS NULL"


def upgrade() -> None:
    with op.batch_alter_table('review_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('locked_on', sa.Date(), nullable=True, comment=LOCKED_ON))
        batch_op.create_check_constraint(op.f('ck_review_case_locked_filing'), sa.text(FILING))
        batch_op.create_check_constraint(op.f('ck_review_case_locked_waiting'), sa.text(WAITING))
    op.create_table('quarter_acceptance',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code, 20263'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit that accepted it'),
    sa.Column('due', sa.Integer(), nullable=False, comment='enterprises of the unit that owed the quarter'),
    sa.Column('approved', sa.Integer(), nullable=False, comment='of them approved'),
    sa.Column('missing', sa.Integer(), nullable=False, comment='of them without an approved filing, confirmed as missing'),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('accepted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='account.id of the county lead'),
    sa.Column('accepted_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.Column('taken_back_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC; empty: it stands'),
    sa.Column('taken_back_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of the bureau lead'),
    sa.Column('taken_back_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.Column('taken_back_reason', sa.Text(), nullable=False, comment='why; the county reads it'),
    sa.Column('was_released', sa.Boolean(), nullable=False, comment='taken back after the quarter was released: changes come as a revision'),
    sa.CheckConstraint("approved >= 0 AND missing >= 0 AND due = approved + missing", name=op.f('ck_quarter_acceptance_counts')),
    sa.CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name=op.f('ck_quarter_acceptance_taken_back_by')),
    sa.CheckConstraint("(taken_back_at IS NULL) = (taken_back_reason = '')", name=op.f('ck_quarter_acceptance_taken_back_reason')),
    sa.CheckConstraint("taken_back_at IS NOT NULL OR NOT was_released", name=op.f('ck_quarter_acceptance_released_when_taken_back')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarter_acceptance')),
    )
    op.create_index('ix_quarter_acceptance_standing', 'quarter_acceptance', ['quarter', 'county'], unique=True, sqlite_where=sa.text(STANDS), postgresql_where=sa.text(STANDS))


def downgrade() -> None:
    op.drop_index('ix_quarter_acceptance_standing', table_name='quarter_acceptance')
    op.drop_table('quarter_acceptance')
    with op.batch_alter_table('review_case', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_review_case_locked_waiting'), type_='check')
        batch_op.drop_constraint(op.f('ck_review_case_locked_filing'), type_='check')
        batch_op.drop_column('locked_on')
