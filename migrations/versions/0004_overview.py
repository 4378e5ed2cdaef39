"""official figures and panels

Revises 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('official_figure',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('target', sa.String(length=20), nullable=False, comment='code of the target it stands beside, T1'),
    sa.Column('year', sa.Integer(), nullable=False, comment='calendar year'),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='1 to 3: from January to the end of that quarter; 0: the year'),
    sa.Column('value', sa.BigInteger(), nullable=False, comment="in the target's unit"),
    sa.Column('growth', sa.BigInteger(), nullable=True, comment='on the year before as the source says it, per cent; empty where it says none'),
    sa.Column('source', sa.String(length=300), nullable=False, comment='document or page the figure was taken from'),
    sa.Column('source_on', sa.Date(), nullable=False, comment='date of that document'),
    sa.Column('is_confirmed', sa.Boolean(), nullable=False, comment='seen in the source itself; else to be confirmed'),
    sa.Column('note', sa.String(length=300), nullable=False, comment='why it replaces an earlier one, or its coverage'),
    sa.Column('origin', sa.String(length=8), nullable=False, comment='seed: shipped with the portal; entry: typed by an officer'),
    sa.Column('entered_by_id', NUMBER, nullable=True, comment="account.id; empty: the operator's load"),
    sa.Column('entered_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.CheckConstraint("origin = 'seed' OR entered_by_id IS NOT NULL", name=op.f('ck_official_figure_entry_has_author')),
    sa.CheckConstraint("origin IN ('seed', 'entry')", name=op.f('ck_official_figure_origin')),
    sa.CheckConstraint('quarter BETWEEN 0 AND 3', name=op.f('ck_official_figure_quarter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_official_figure'))
    )
    with op.batch_alter_table('official_figure', schema=None) as batch_op:
        batch_op.create_index('ix_official_figure_period', ['target', 'year', 'quarter', 'id'], unique=False)

    op.create_table('panel_cell',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code of this year, 20263'),
    sa.Column('indicator', sa.String(length=8), nullable=False, comment='row code of the form edition'),
    sa.Column('segment', sa.String(length=16), nullable=False, comment='segment of the primary position this year'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit this year'),
    sa.Column('respondent_class', sa.String(length=1), nullable=False, comment='L S N, the same in both quarters'),
    sa.Column('enterprises', sa.Integer(), nullable=False, comment='how many enterprises the panel has'),
    sa.Column('value_now', sa.BigInteger(), nullable=False, comment='their sum this year'),
    sa.Column('value_then', sa.BigInteger(), nullable=False, comment='their sum in the quarter last year'),
    sa.CheckConstraint('enterprises > 0', name=op.f('ck_panel_cell_enterprises')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_cell')),
    sa.UniqueConstraint('quarter', 'indicator', 'segment', 'county', 'respondent_class', name=op.f('uq_panel_cell_quarter_indicator_segment_county_respondent_class'))
    )
    with op.batch_alter_table('panel_cell', schema=None) as batch_op:
        batch_op.create_index('ix_panel_cell_quarter_county', ['quarter', 'county'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('panel_cell', schema=None) as batch_op:
        batch_op.drop_index('ix_panel_cell_quarter_county')

    op.drop_table('panel_cell')
    with op.batch_alter_table('official_figure', schema=None) as batch_op:
        batch_op.drop_index('ix_official_figure_period')

    op.drop_table('official_figure')
