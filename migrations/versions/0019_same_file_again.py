"""A file of a list may be loaded again: where something was left unticked, or the register moved on meanwhile.

The way back is open only while no file was loaded twice.
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

LOADED = {'sqlite_where': sa.text("state = 'loaded'"), 'postgresql_where': sa.text("state = 'loaded'")}


def upgrade() -> None:
    op.drop_index('uq_register_import_loaded', 'register_import')
    op.drop_index('uq_list_import_loaded', 'list_import')


def downgrade() -> None:
    op.create_index('uq_list_import_loaded', 'list_import', ['list', 'dated_on', 'sha256'], unique=True, **LOADED)
    op.create_index('uq_register_import_loaded', 'register_import', ['county', 'sha256'], unique=True, **LOADED)
