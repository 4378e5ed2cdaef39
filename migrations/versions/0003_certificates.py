"""certificates

Revises 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('paper',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('filing_receipt', 'registration_record', 'award_letter', name='paperkind', native_enum=False, length=20), nullable=False, comment='filing_receipt, registration_record, …'),
    sa.Column('serial', sa.String(length=32), nullable=False, comment='printed number with its check letter'),
    sa.Column('token', sa.String(length=32), nullable=False, comment='random code that the QR and the reader give'),
    sa.Column('subject', sa.String(length=60), nullable=False, comment='what it is about: filing:2026Q3'),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='case that gave rise to it, if any'),
    sa.Column('snapshot', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='what it states, in both languages'),
    sa.Column('sha256', sa.String(length=64), nullable=False, comment='sha256 of the canonical snapshot, hex'),
    sa.Column('state', sa.Enum('valid', 'superseded', 'revoked', name='paperstate', native_enum=False, length=20), nullable=False, comment='valid, …'),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False, comment='in force from this instant, UTC'),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='superseded or revoked, instant, UTC'),
    sa.Column('ended_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id; null: the system'),
    sa.Column('reason', sa.Text(), nullable=False, comment='why it was revoked'),
    sa.Column('replaces_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='paper.id of the one it took the place of'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("(state = 'valid') = (ended_at IS NULL)", name=op.f('ck_paper_ended')),
    sa.CheckConstraint("kind IN ('award_letter', 'filing_receipt', 'registration_record')", name=op.f('ck_paper_kind')),
    sa.CheckConstraint("state <> 'revoked' OR reason <> ''", name=op.f('ck_paper_reason')),
    sa.CheckConstraint("state IN ('revoked', 'superseded', 'valid')", name=op.f('ck_paper_state')),
    sa.ForeignKeyConstraint(['replaces_id'], ['paper.id'], name=op.f('fk_paper_replaces_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_paper_replaces_id')),
    sa.UniqueConstraint('serial', name=op.f('uq_paper_serial')),
    sa.UniqueConstraint('token', name=op.f('uq_paper_token'))
    )
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index('ix_paper_register', ['county', 'id'], unique=False)
        batch_op.create_index('uq_paper_standing', ['enterprise_id', 'kind', 'subject'], unique=True, sqlite_where=sa.text("state = 'valid'"), postgresql_where=sa.text("state = 'valid'"))



def downgrade() -> None:
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.drop_index('uq_paper_standing', sqlite_where=sa.text("state = 'valid'"), postgresql_where=sa.text("state = 'valid'"))
        batch_op.drop_index('ix_paper_register')
        batch_op.drop_index(batch_op.f('ix_paper_enterprise_id'))

    op.drop_table('paper')
