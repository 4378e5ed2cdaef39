"""files that dated lists were loaded from

Revises 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

LOADED = {'sqlite_where': sa.text("state = 'loaded'"), 'postgresql_where': sa.text("state = 'loaded'")}


def _identifier() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def _document() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('list_import',
    sa.Column('id', _identifier(), nullable=False),
    sa.Column('upload_id', _identifier(), nullable=False, comment='the file'),
    sa.Column('sha256', sa.String(length=64), nullable=False, comment='of the file, hex'),
    sa.Column('list', sa.String(length=40), nullable=False, comment='code of the list'),
    sa.Column('dated_on', sa.Date(), nullable=False, comment='date of the document'),
    sa.Column('source', sa.String(length=200), nullable=False, comment='the document it was taken from'),
    sa.Column('state', sa.String(length=8), nullable=False, comment='open or loaded'),
    sa.Column('rows', sa.Integer(), nullable=False, comment='rows below the headings'),
    sa.Column('wrong', sa.Integer(), nullable=False, comment='rows that did not pass when the file was read'),
    sa.Column('content', _document(), nullable=False, comment='lines, faults, columns, as read from the file'),
    sa.Column('result', _document(), nullable=False, comment='counts and every change made; empty while open'),
    sa.Column('dated_list_id', _identifier(), nullable=True, comment='dated_list.id that its lines stand on; empty while open'),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('loaded_by_id', _identifier(), nullable=True, comment='account.id'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', _identifier(), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("state IN ('open', 'loaded')", name=op.f('ck_list_import_state')),
    sa.CheckConstraint("(state = 'loaded') = (loaded_at IS NOT NULL)", name=op.f('ck_list_import_loaded')),
    sa.ForeignKeyConstraint(['upload_id'], ['upload.id'], name=op.f('fk_list_import_upload_id')),
    sa.ForeignKeyConstraint(['dated_list_id'], ['dated_list.id'], name=op.f('fk_list_import_dated_list_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_import'))
    )
    with op.batch_alter_table('list_import', schema=None) as batch_op:
        batch_op.create_index('uq_list_import_loaded', ['list', 'dated_on', 'sha256'], unique=True, **LOADED)


def downgrade() -> None:
    with op.batch_alter_table('list_import', schema=None) as batch_op:
        batch_op.drop_index('uq_list_import_loaded', **LOADED)

    op.drop_table('list_import')
