"""the county's list: files it was loaded from, and enterprises it names that are not registered yet

Revises 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def _identifier() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def _document() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('register_import',
    sa.Column('id', _identifier(), nullable=False),
    sa.Column('upload_id', _identifier(), nullable=False, comment='the file'),
    sa.Column('sha256', sa.String(length=64), nullable=False, comment='of the file, hex'),
    sa.Column('document_no', sa.String(length=100), nullable=False, comment="number or title of the list's document"),
    sa.Column('listed_on', sa.Date(), nullable=False, comment='date of the list'),
    sa.Column('is_complete', sa.Boolean(), nullable=False, comment='names every above-scale enterprise of the unit'),
    sa.Column('state', sa.String(length=8), nullable=False, comment='open or loaded'),
    sa.Column('rows', sa.Integer(), nullable=False, comment='rows below the headings'),
    sa.Column('wrong', sa.Integer(), nullable=False, comment='rows that did not pass when the file was read'),
    sa.Column('content', _document(), nullable=False, comment='lines, faults, columns, as read from the file'),
    sa.Column('result', _document(), nullable=False, comment='counts and every change made; empty while open'),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('loaded_by_id', _identifier(), nullable=True, comment='account.id'),
    sa.Column('enterprise_id', _identifier(), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', _identifier(), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("state IN ('open', 'loaded')", name=op.f('ck_register_import_state')),
    sa.ForeignKeyConstraint(['upload_id'], ['upload.id'], name=op.f('fk_register_import_upload_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_import'))
    )
    with op.batch_alter_table('register_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_import_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index('uq_register_import_loaded', ['county', 'sha256'], unique=True, sqlite_where=sa.text("state = 'loaded'"), postgresql_where=sa.text("state = 'loaded'"))

    op.create_table('roster_entry',
    sa.Column('id', _identifier(), nullable=False),
    sa.Column('credit_code', sa.String(length=18), nullable=False, comment='unified social credit code, compact'),
    sa.Column('name', sa.String(length=200), nullable=False, comment='as the list names it'),
    sa.Column('gb_class', sa.String(length=4), nullable=False, comment='main class, GB/T 4754, as the list has it'),
    sa.Column('since_on', sa.Date(), nullable=True, comment='above-scale from this day, by the list'),
    sa.Column('source', sa.String(length=200), nullable=False, comment='the list it was taken from'),
    sa.Column('import_id', _identifier(), nullable=False, comment='register_import.id that wrote it last'),
    sa.Column('enterprise_id', _identifier(), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', _identifier(), nullable=True, comment='account.id of who made it'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_entry')),
    sa.UniqueConstraint('county', 'credit_code', name=op.f('uq_roster_entry_county_credit_code'))
    )
    with op.batch_alter_table('roster_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roster_entry_credit_code'), ['credit_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_roster_entry_enterprise_id'), ['enterprise_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('roster_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roster_entry_enterprise_id'))
        batch_op.drop_index(batch_op.f('ix_roster_entry_credit_code'))

    op.drop_table('roster_entry')
    with op.batch_alter_table('register_import', schema=None) as batch_op:
        batch_op.drop_index('uq_register_import_loaded', sqlite_where=sa.text("state = 'loaded'"), postgresql_where=sa.text("state = 'loaded'"))
        batch_op.drop_index(batch_op.f('ix_register_import_enterprise_id'))

    op.drop_table('register_import')
