"""Cells hold each side of a ratio, of those who gave both rows (decision 021)."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

RATIOS = (('201', '301'), ('107', '301'), ('401', '105'), ('302', '101'), ('101', '502'))
GRAIN = 'quarter, segment, county, size_class, respondent_class'


def upgrade() -> None:
    grain = ', '.join(f'a.{name}' for name in GRAIN.split(', '))
    for one, two in RATIOS:
        for code, other in ((one, two), (two, one)):
            op.execute(
                sa.text(
                    f"INSERT INTO cell (indicator, {GRAIN}, total, facts, contributors) "
                    f"SELECT '{code}/{other}', {grain}, SUM(a.value), COUNT(*), "
                    "SUM(CASE WHEN a.value <> 0 THEN 1 ELSE 0 END) FROM fact a "
                    'JOIN fact b ON b.enterprise_id = a.enterprise_id AND b.quarter = a.quarter '
                    f"WHERE a.indicator = '{code}' AND b.indicator = '{other}' "
                    f"AND a.basis = 'filing' AND b.basis = 'filing' GROUP BY {grain}"
                )
            )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM cell WHERE indicator LIKE '%/%'"))
