"""size classes of each 1 January; products, particulars and calendar days that are dated and say their source

Revises 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

SCOPED = (
    ('enterprise_id', 'whose row it is: enterprise.id'),
    ('county', 'reporting unit when the row was made'),
    ('chain', 'chain of the primary position when the row was made'),
)


def _identifier() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def _whose() -> list[sa.Column[object]]:
    (owner, owner_said), (county, county_said), (chain, chain_said) = SCOPED
    return [
        sa.Column(owner, _identifier(), nullable=False, comment=owner_said),
        sa.Column(county, sa.String(length=12), nullable=False, comment=county_said),
        sa.Column(chain, sa.String(length=4), nullable=False, comment=chain_said),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
        sa.Column('created_by_id', _identifier(), nullable=True, comment='account.id of who made it'),
    ]


def upgrade() -> None:
    op.create_table('size_status',
    sa.Column('id', _identifier(), nullable=False),
    sa.Column('size_class', sa.String(length=1), nullable=False, comment='L M S X, by the size rules'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='1 January; the figures are of the year before'),
    sa.Column('staff', sa.Integer(), nullable=False, comment='persons, end of that year'),
    sa.Column('revenue', sa.BigInteger(), nullable=False, comment='万元, that year'),
    sa.Column('gb_class', sa.String(length=4), nullable=False, comment='main class whose rule it was computed by'),
    sa.Column('basis', sa.String(length=8), nullable=False, comment='stated at registration, or sum of approved filings'),
    *_whose(),
    sa.CheckConstraint("basis IN ('stated', 'filings')", name=op.f('ck_size_status_basis')),
    sa.CheckConstraint("size_class IN ('L', 'M', 'S', 'X')", name=op.f('ck_size_status_size_class')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_size_status')),
    sa.UniqueConstraint('enterprise_id', 'since_on', name=op.f('uq_size_status_enterprise_id_since_on'))
    )
    with op.batch_alter_table('size_status', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_size_status_enterprise_id'), ['enterprise_id'], unique=False)
    # What was computed at admission becomes the first dated class.
    op.execute(
        "INSERT INTO size_status (size_class, since_on, staff, revenue, gb_class, basis, "
        "enterprise_id, county, chain, created_at) "
        "SELECT size_class, size_class_on, staff, revenue, gb_class, 'stated', id, county, chain, created_at "
        "FROM enterprise WHERE status = 'registered' AND size_class_on IS NOT NULL "
        "AND staff IS NOT NULL AND revenue IS NOT NULL"
    )

    op.create_table('particulars',
    sa.Column('id', _identifier(), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False, comment='place of business'),
    sa.Column('contact_name', sa.String(length=50), nullable=False, comment='whom to ask'),
    sa.Column('contact_phone', sa.String(length=30), nullable=False, comment='under which number'),
    *_whose(),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_particulars'))
    )
    with op.batch_alter_table('particulars', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_particulars_enterprise_id'), ['enterprise_id'], unique=False)

    op.add_column('product', sa.Column('from_on', sa.Date(), nullable=True, comment='first day'))
    op.add_column('product', sa.Column('until_on', sa.Date(), nullable=True, comment='first day no longer; empty while it lasts'))
    op.execute(
        "UPDATE product SET from_on = COALESCE("
        "(SELECT registered_on FROM enterprise WHERE enterprise.id = product.enterprise_id), DATE(created_at))"
    )
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.alter_column('from_on', existing_type=sa.Date(), existing_comment='first day', nullable=False)
        batch_op.create_check_constraint(op.f('ck_product_span'), sa.text('until_on IS NULL OR until_on >= from_on'))

    op.create_table('calendar_year',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False, comment='calendar year'),
    sa.Column('source', sa.String(length=200), nullable=False, comment='code of a source of the catalogue, or its title in words'),
    sa.Column('is_confirmed', sa.Boolean(), nullable=False, comment='checked against the notice itself'),
    sa.Column('origin', sa.String(length=8), nullable=False, comment='seed: the definition file; edit: the bureau'),
    sa.Column('entered_by_id', _identifier(), nullable=True, comment="account.id; empty: the operator's load"),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_calendar_year'))
    )

    op.create_table('chain_rate',
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position'),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code of the figures'),
    sa.Column('rate', sa.BigInteger(), nullable=False, comment='sum of 107 / sum of 101, above 0 and at most 1'),
    sa.Column('enterprises', sa.Integer(), nullable=False, comment='enterprises in both sums'),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.PrimaryKeyConstraint('chain', name=op.f('pk_chain_rate'))
    )


def downgrade() -> None:
    op.drop_table('chain_rate')
    op.drop_table('calendar_year')
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_product_span'), type_='check')
        batch_op.drop_column('until_on')
        batch_op.drop_column('from_on')
    with op.batch_alter_table('particulars', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_particulars_enterprise_id'))
    op.drop_table('particulars')
    with op.batch_alter_table('size_status', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_size_status_enterprise_id'))
    op.drop_table('size_status')
