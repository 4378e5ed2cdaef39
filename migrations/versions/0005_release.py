"""releases: frozen cells, their lines, and what each enterprise counted with

Revises 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('statistics_release',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code, 20263'),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2 … of the quarter; below 0 once dropped'),
    sa.Column('state', sa.String(length=12), nullable=False, comment='draft, released, superseded or dropped'),
    sa.Column('follows_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='release.id that it revises'),
    sa.Column('smallest_n', sa.Integer(), nullable=False, comment='fewest enterprises behind a published figure; public'),
    sa.Column('is_provisional', sa.Boolean(), nullable=False, comment='not every filing due was approved, or late ones were possible'),
    sa.Column('held', sa.Integer(), nullable=False, comment='enterprises whose corrections wait for a later release'),
    sa.Column('note', sa.Text(), nullable=False, comment='what changed and why; public'),
    sa.Column('prepared_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('prepared_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment="account.id; empty: the operator's command"),
    sa.Column('prepared_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True, comment='instant of the sign-off, UTC'),
    sa.Column('released_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id; never the one who prepared it'),
    sa.Column('released_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.Column('sha256', sa.String(length=64), nullable=False, comment='sha256 of the cells and lines, hex'),
    sa.CheckConstraint("(state IN ('released', 'superseded')) = (released_at IS NOT NULL)", name=op.f('ck_statistics_release_released')),
    sa.CheckConstraint("state IN ('draft', 'released', 'superseded', 'dropped')", name=op.f('ck_statistics_release_state')),
    sa.CheckConstraint('(released_at IS NULL) = (released_by_id IS NULL)', name=op.f('ck_statistics_release_released_by')),
    sa.CheckConstraint('prepared_by_id IS NULL OR released_by_id <> prepared_by_id', name=op.f('ck_statistics_release_second_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statistics_release')),
    sa.UniqueConstraint('quarter', 'number', name=op.f('uq_statistics_release_quarter_number'))
    )
    op.create_table('release_cell',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='release.id'),
    sa.Column('margin', sa.String(length=8), nullable=False, comment='city, cluster or unit'),
    sa.Column('line', sa.String(length=12), nullable=False, comment='cluster or unit code; empty for the city'),
    sa.Column('indicator', sa.String(length=8), nullable=False, comment='row code of the form edition'),
    sa.Column('value', sa.BigInteger(), nullable=True, comment="sum, in the indicator's unit"),
    sa.Column('base', sa.BigInteger(), nullable=True, comment='the same sum a year before, where that is public'),
    sa.Column('to_date', sa.BigInteger(), nullable=True, comment='from January on, of released quarters; empty while one is missing'),
    sa.Column('contributors', sa.Integer(), nullable=True, comment='enterprises with a figure other than zero'),
    sa.Column('hidden_for', sa.String(length=12), nullable=False, comment='why it is hidden; empty: it is not'),
    sa.CheckConstraint("hidden_for = '' OR COALESCE(value, base, to_date, contributors) IS NULL", name=op.f('ck_release_cell_hidden')),
    sa.CheckConstraint("margin IN ('city', 'cluster', 'unit')", name=op.f('ck_release_cell_margin')),
    sa.ForeignKeyConstraint(['release_id'], ['statistics_release.id'], name=op.f('fk_release_cell_release_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release_cell')),
    sa.UniqueConstraint('release_id', 'margin', 'line', 'indicator', name=op.f('uq_release_cell_release_id_margin_line_indicator'))
    )
    op.create_table('release_contribution',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='release.id'),
    sa.Column('indicator', sa.String(length=8), nullable=False, comment='row code of the form edition'),
    sa.Column('cluster', sa.String(length=12), nullable=False, comment='line of the cluster margin'),
    sa.Column('value', sa.BigInteger(), nullable=False, comment="in the indicator's unit"),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.ForeignKeyConstraint(['release_id'], ['statistics_release.id'], name=op.f('fk_release_contribution_release_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release_contribution')),
    sa.UniqueConstraint('release_id', 'enterprise_id', 'indicator', name=op.f('uq_release_contribution_release_id_enterprise_id_indicator'))
    )
    with op.batch_alter_table('release_contribution', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_release_contribution_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('release_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='release.id'),
    sa.Column('margin', sa.String(length=8), nullable=False, comment='city, cluster or unit'),
    sa.Column('line', sa.String(length=12), nullable=False, comment='cluster or unit code; empty for the city'),
    sa.Column('due', sa.Integer(), nullable=False, comment='above-scale enterprises that owed the quarter'),
    sa.Column('approved', sa.Integer(), nullable=False, comment='of them approved'),
    sa.Column('weight_share', sa.BigInteger(), nullable=True, comment='approved by weight, 0–1; empty where it would give an enterprise away'),
    sa.CheckConstraint("margin IN ('city', 'cluster', 'unit')", name=op.f('ck_release_line_margin')),
    sa.ForeignKeyConstraint(['release_id'], ['statistics_release.id'], name=op.f('fk_release_line_release_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release_line')),
    sa.UniqueConstraint('release_id', 'margin', 'line', name=op.f('uq_release_line_release_id_margin_line'))
    )


def downgrade() -> None:
    op.drop_table('release_line')
    with op.batch_alter_table('release_contribution', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_release_contribution_enterprise_id'))

    op.drop_table('release_contribution')
    op.drop_table('release_cell')
    op.drop_table('statistics_release')
