"""Facts say whether they are estimated; cells count what is; no land, no ratio to land (decision 022)."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

ESTIMATED = "NOT is_estimated OR (basis = 'filing' AND respondent_class = 'S')"
COMMENT = "by the rate of the chain, as the filing's version says; no figure of the enterprise's own"
# SQLite's own -> takes '107' for a place in a list.
SAID = {'sqlite': "json_extract(content, '$.estimated.\"107\"')", 'postgresql': "content -> 'estimated' -> '107'"}
OVER_BASES = (('201', '301'), ('107', '301'), ('101', '502'))
GRAIN = ('quarter', 'segment', 'county', 'size_class', 'respondent_class')
NAMES = ', '.join(GRAIN)
SUMS = 'SUM(a.value), COUNT(*), SUM(CASE WHEN a.value <> 0 THEN 1 ELSE 0 END)'


def upgrade() -> None:
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('is_estimated', sa.Boolean(), nullable=False, comment=COMMENT, server_default=sa.false())
        )
    # What is approved says it in the version that its facts came of.
    op.execute(
        "UPDATE fact SET is_estimated = true WHERE basis = 'filing' AND respondent_class = 'S' AND indicator = '107' "
        f'AND version_id IN (SELECT id FROM filing_version WHERE {SAID[op.get_bind().dialect.name]} IS NOT NULL)'
    )
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.alter_column(
            'is_estimated', existing_type=sa.Boolean(), existing_comment=COMMENT, existing_nullable=False,
            server_default=None,
        )
        batch_op.create_check_constraint(op.f('ck_fact_estimated'), sa.text(ESTIMATED))
    _count_sides_over_bases(with_some='AND {below}.value > 0')
    grain = ', '.join(f'a.{name}' for name in GRAIN)
    op.execute(
        f"INSERT INTO cell (indicator, {NAMES}, total, facts, contributors) SELECT '107~', {grain}, {SUMS} FROM fact a "
        f"WHERE a.indicator = '107' AND a.basis = 'filing' AND a.is_estimated GROUP BY {grain}"
    )
    _count_side('107/301~', '107', '301', 'AND b.value > 0 AND a.is_estimated')


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM cell WHERE indicator LIKE '%~'"))
    _count_sides_over_bases(with_some='')
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_fact_estimated'), type_='check')
        batch_op.drop_column('is_estimated')


def _count_sides_over_bases(with_some: str) -> None:
    for above, below in OVER_BASES:
        op.execute(sa.text(f"DELETE FROM cell WHERE indicator IN ('{above}/{below}', '{below}/{above}')"))
        _count_side(f'{above}/{below}', above, below, with_some.format(below='b'))
        _count_side(f'{below}/{above}', below, above, with_some.format(below='a'))


def _count_side(name: str, code: str, other: str, only: str) -> None:
    grain = ', '.join(f'a.{name}' for name in GRAIN)
    op.execute(
        sa.text(
            f"INSERT INTO cell (indicator, {NAMES}, total, facts, contributors) SELECT '{name}', {grain}, {SUMS} "
            'FROM fact a JOIN fact b ON b.enterprise_id = a.enterprise_id AND b.quarter = a.quarter '
            f"WHERE a.indicator = '{code}' AND b.indicator = '{other}' "
            f"AND a.basis = 'filing' AND b.basis = 'filing' {only} GROUP BY {grain}"
        )
    )
