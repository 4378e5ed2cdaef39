"""Files of an application lie before no county until they are submitted; those of drafts are taken back from it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

UPLOAD = sa.table('upload', *(sa.column(name) for name in ('id', 'county', 'chain')))
DOCUMENT = sa.table('support_document', *(sa.column(name) for name in ('upload_id', 'county', 'chain')))
CONTENT = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
SUBMISSION = sa.table('support_submission', sa.column('content', CONTENT))


def upgrade() -> None:
    connection = op.get_bind()
    sent = {
        row['upload'] for content in connection.scalars(sa.select(SUBMISSION.c.content)) for row in content['documents']
    }
    kept = connection.scalars(sa.select(DOCUMENT.c.upload_id)).all()
    _put([{'of': number, 'county': '', 'chain': ''} for number in sorted({*kept} - sent)])


def downgrade() -> None:
    rows = op.get_bind().execute(sa.select(DOCUMENT.c.upload_id.label('of'), DOCUMENT.c.county, DOCUMENT.c.chain))
    _put([dict(row) for row in rows.mappings()])


def _put(places: list[dict[str, object]]) -> None:
    if places:
        changed = sa.update(UPLOAD).where(UPLOAD.c.id == sa.bindparam('of'))
        place = {'county': sa.bindparam('county'), 'chain': sa.bindparam('chain')}
        op.get_bind().execute(changed.values(**place), places)
