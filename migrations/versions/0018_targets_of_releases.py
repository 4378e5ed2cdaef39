"""What stands beside a target is part of the release: the official figure as of its freezing, and last year's course.

Releases of before keep none: nothing is put into them afterwards.
"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OLD, NEW = 'sha256 of the cells and lines, hex', 'sha256 of the cells, lines and targets, hex'


def upgrade() -> None:
    op.create_table('release_target',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('release_id', NUMBER, nullable=False, comment='release.id'),
    sa.Column('target', sa.String(length=20), nullable=False, comment='code of the target, T1'),
    sa.Column('pace', sa.BigInteger(), nullable=True, comment='part of last year that had come by its same quarter, as released, 0–1'),
    sa.Column('value', sa.BigInteger(), nullable=True, comment="official figure, in the target's unit; empty: none was entered by then"),
    sa.Column('growth', sa.BigInteger(), nullable=True, comment='on the year before as the official source says it, per cent'),
    sa.Column('year', sa.Integer(), nullable=True, comment='calendar year of the official figure'),
    sa.Column('quarter', sa.Integer(), nullable=True, comment='1 to 3: from January to the end of that quarter; 0: the year'),
    sa.Column('source', sa.String(length=300), nullable=False, comment='document or page of the official figure'),
    sa.Column('source_on', sa.Date(), nullable=True, comment='date of that document'),
    sa.Column('is_confirmed', sa.Boolean(), nullable=False, comment='the official figure was seen in the source itself; else to be confirmed'),
    sa.CheckConstraint("(value IS NULL) = (source = '')", name=op.f('ck_release_target_official_has_source')),
    sa.CheckConstraint('(value IS NULL) = (source_on IS NULL)', name=op.f('ck_release_target_official_has_day')),
    sa.CheckConstraint('value IS NULL OR (year IS NOT NULL AND quarter BETWEEN 0 AND 3)', name=op.f('ck_release_target_official_has_period')),
    sa.ForeignKeyConstraint(['release_id'], ['statistics_release.id'], name=op.f('fk_release_target_release_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release_target')),
    sa.UniqueConstraint('release_id', 'target', name=op.f('uq_release_target_release_id_target'))
    )
    _say(NEW, OLD)


def downgrade() -> None:
    op.drop_table('release_target')
    _say(OLD, NEW)


def _say(comment: str, before: str) -> None:
    """A comment of PostgreSQL's: SQLite keeps none, and would make the table anew for it."""
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column(
            'statistics_release', 'sha256', existing_type=sa.String(64), existing_nullable=False,
            comment=comment, existing_comment=before,
        )
