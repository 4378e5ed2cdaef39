"""benchmarks of chain and size class

Revises 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('benchmark',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('indicator', sa.String(length=8), nullable=False, comment='row code of the form edition'),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code of the figures it was made from'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position'),
    sa.Column('size_class', sa.String(length=1), nullable=False, comment='L M S X'),
    sa.Column('median', sa.BigInteger(), nullable=False, comment="in the indicator's unit"),
    sa.Column('mad', sa.BigInteger(), nullable=False, comment='median distance from the median, same unit'),
    sa.Column('number', sa.Integer(), nullable=False, comment='enterprises behind it'),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_benchmark')),
    sa.UniqueConstraint('indicator', 'quarter', 'chain', 'size_class', name=op.f('uq_benchmark_indicator_quarter_chain_size_class'))
    )


def downgrade() -> None:
    op.drop_table('benchmark')
