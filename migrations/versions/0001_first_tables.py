"""first tables

Revises .
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# The trail is append-only: the same lines that `portal/audit/triggers.py` had when this was written.
TRIGGERS = {'postgresql': ['CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE '
                "EXCEPTION 'the audit trail is append-only'; END $$; CREATE OR REPLACE FUNCTION audit_moves_head() "
                'RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE audit_head SET seq = NEW.seq, digest = '
                'NEW.digest WHERE stream = NEW.stream AND seq = NEW.seq - 1; RETURN NULL; END $$',
                'CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION '
                'audit_refuses()',
                'CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION '
                'audit_refuses()',
                'CREATE TRIGGER audit_event_moves_head AFTER INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION '
                'audit_moves_head()',
                'CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE '
                "EXCEPTION 'the audit trail is append-only'; END $$; CREATE OR REPLACE FUNCTION audit_moves_head() "
                'RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE audit_head SET seq = NEW.seq, digest = '
                'NEW.digest WHERE stream = NEW.stream AND seq = NEW.seq - 1; RETURN NULL; END $$',
                'CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION '
                'audit_refuses()',
                'CREATE TRIGGER audit_head_only_forward BEFORE UPDATE ON audit_head FOR EACH ROW WHEN (NEW.seq < '
                'OLD.seq OR NEW.anchored_seq < OLD.anchored_seq OR NEW.stream <> OLD.stream) EXECUTE FUNCTION '
                'audit_refuses()',
                'CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE '
                "EXCEPTION 'the audit trail is append-only'; END $$; CREATE OR REPLACE FUNCTION audit_moves_head() "
                'RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE audit_head SET seq = NEW.seq, digest = '
                'NEW.digest WHERE stream = NEW.stream AND seq = NEW.seq - 1; RETURN NULL; END $$',
                'CREATE TRIGGER audit_anchor_no_update BEFORE UPDATE ON audit_anchor FOR EACH ROW EXECUTE FUNCTION '
                'audit_refuses()',
                'CREATE TRIGGER audit_anchor_no_delete BEFORE DELETE ON audit_anchor FOR EACH ROW EXECUTE FUNCTION '
                'audit_refuses()'],
 'sqlite': ["CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit "
            "trail is append-only'); END",
            "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit "
            "trail is append-only'); END",
            'CREATE TRIGGER audit_event_moves_head AFTER INSERT ON audit_event BEGIN UPDATE audit_head SET seq = '
            'NEW.seq, digest = NEW.digest WHERE stream = NEW.stream AND seq = NEW.seq - 1; END',
            "CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit "
            "trail is append-only'); END",
            'CREATE TRIGGER audit_head_only_forward BEFORE UPDATE ON audit_head WHEN NEW.seq < OLD.seq OR '
            "NEW.anchored_seq < OLD.anchored_seq OR NEW.stream <> OLD.stream BEGIN SELECT RAISE(ABORT, 'the audit "
            "trail is append-only'); END",
            "CREATE TRIGGER audit_anchor_no_update BEFORE UPDATE ON audit_anchor BEGIN SELECT RAISE(ABORT, 'the "
            "audit trail is append-only'); END",
            "CREATE TRIGGER audit_anchor_no_delete BEFORE DELETE ON audit_anchor BEGIN SELECT RAISE(ABORT, 'the "
            "audit trail is append-only'); END"]}


def upgrade() -> None:
    op.create_table('above_scale_status',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('is_above_scale', sa.Boolean(), nullable=False, comment='on the list from this day'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='first day of the status'),
    sa.Column('source', sa.String(length=200), nullable=False, comment='the list or document it was taken from'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_above_scale_status')),
    sa.UniqueConstraint('enterprise_id', 'since_on', name=op.f('uq_above_scale_status_enterprise_id_since_on'))
    )
    with op.batch_alter_table('above_scale_status', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_above_scale_status_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('username', sa.String(length=40), nullable=False, comment='lower case; what is typed at sign-in'),
    sa.Column('display_name', sa.String(length=60), nullable=False, comment="the person's name as others see it"),
    sa.Column('email', sa.String(length=254), nullable=True, comment='lower case; several may share one'),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True, comment='argon2id; empty until first set'),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('language', sa.String(length=2), nullable=False, comment='of mails and of the first page: zh or en'),
    sa.Column('totp_secret', sa.String(length=64), nullable=True, comment='second factor in use, base32'),
    sa.Column('totp_pending', sa.String(length=64), nullable=True, comment='second factor shown but not yet proved'),
    sa.Column('totp_last_step', sa.BigInteger(), nullable=True, comment='newest 30 s step a code was taken of'),
    sa.Column('is_office', sa.Boolean(), nullable=False, comment="an officer's account: posts, and always a second factor"),
    sa.Column('state', sa.String(length=8), nullable=False, comment='invited, active or disabled'),
    sa.Column('privacy_version', sa.String(length=20), nullable=True, comment='privacy notice that was accepted'),
    sa.Column('privacy_accepted_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('last_signed_in_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("language in ('zh', 'en')", name=op.f('ck_account_language')),
    sa.CheckConstraint("state <> 'active' or password_hash is not null", name=op.f('ck_account_password')),
    sa.CheckConstraint("state <> 'invited' or password_hash is null", name=op.f('ck_account_invited')),
    sa.CheckConstraint("state in ('invited', 'active', 'disabled')", name=op.f('ck_account_state')),
    sa.CheckConstraint('username = lower(username)', name=op.f('ck_account_username')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('username', name=op.f('uq_account_username'))
    )
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_email'), ['email'], unique=False)

    op.create_table('audit_anchor',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False, comment='place in the chain of anchors, from 1, without gaps'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('heads', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='[stream, seq, digest] of each head that moved'),
    sa.Column('root', sa.String(length=64), nullable=False, comment='Merkle root over heads, hex'),
    sa.Column('previous', sa.String(length=64), nullable=False, comment='digest of the anchor before, hex'),
    sa.Column('digest', sa.String(length=64), nullable=False, comment='sha256 over seq, instant, root and previous, hex'),
    sa.CheckConstraint('seq > 0', name=op.f('ck_audit_anchor_counts_from_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_anchor')),
    sa.UniqueConstraint('seq', name=op.f('uq_audit_anchor_seq'))
    )
    op.create_table('audit_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('stream', sa.String(length=80), nullable=False, comment='case:<id>, account:<id>, door:<day> …'),
    sa.Column('seq', sa.Integer(), nullable=False, comment='place in the stream, from 1, without gaps'),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id; None: the system or nobody known'),
    sa.Column('actor_name', sa.String(length=120), nullable=False, comment="the person's name at the time"),
    sa.Column('roles', sa.String(length=120), nullable=False, comment='their roles at the time'),
    sa.Column('address', sa.String(length=64), nullable=False, comment='remote address'),
    sa.Column('verb', sa.String(length=60), nullable=False, comment='what was done, e.g. submit, sign-in'),
    sa.Column('subject', sa.String(length=200), nullable=False, comment='to what, e.g. filing:12'),
    sa.Column('outcome', sa.String(length=8), nullable=False, comment='done or refused'),
    sa.Column('detail', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='old and new values, version ids, reasons'),
    sa.Column('previous', sa.String(length=64), nullable=False, comment='digest of the event before in the stream, hex'),
    sa.Column('digest', sa.String(length=64), nullable=False, comment='sha256 over all columns but id, hex'),
    sa.CheckConstraint("outcome in ('done', 'refused')", name=op.f('ck_audit_event_known_outcome')),
    sa.CheckConstraint('seq > 0', name=op.f('ck_audit_event_counts_from_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event')),
    sa.UniqueConstraint('stream', 'seq', name=op.f('uq_audit_event_stream_seq'))
    )
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.create_index('ix_audit_event_actor_id_id', ['actor_id', 'id'], unique=False)
        batch_op.create_index('ix_audit_event_recorded_at', ['recorded_at'], unique=False)
        batch_op.create_index('ix_audit_event_subject_id', ['subject', 'id'], unique=False)
        batch_op.create_index('ix_audit_event_verb_id', ['verb', 'id'], unique=False)

    op.create_table('audit_head',
    sa.Column('stream', sa.String(length=80), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False, comment='seq of the last event, 0 before the first'),
    sa.Column('digest', sa.String(length=64), nullable=False, comment='digest of the last event, hex'),
    sa.Column('anchored_seq', sa.Integer(), nullable=False, comment='seq that stands in an anchor, 0 for none yet'),
    sa.PrimaryKeyConstraint('stream', name=op.f('pk_audit_head'))
    )
    with op.batch_alter_table('audit_head', schema=None) as batch_op:
        batch_op.create_index('ix_audit_head_moved', ['stream'], unique=False, sqlite_where=sa.text('seq > anchored_seq'), postgresql_where=sa.text('seq > anchored_seq'))

    op.create_table('calendar_day',
    sa.Column('day', sa.Date(), nullable=False, comment='the day, Asia/Shanghai'),
    sa.Column('is_working', sa.Boolean(), nullable=False, comment='worked (调休) or off'),
    sa.Column('is_tax_limit', sa.Boolean(), nullable=False, comment="the month's tax filing limit by notice"),
    sa.Column('title_zh', sa.String(length=100), nullable=False, comment='what it is called, Chinese'),
    sa.Column('title_en', sa.String(length=100), nullable=False, comment='what it is called, English'),
    sa.Column('source', sa.String(length=8), nullable=False, comment='seed: the definition file; edit: the bureau'),
    sa.Column('entered_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment="account.id; empty: the operator's load"),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_calendar_day'))
    )
    op.create_table('catalogue_draft',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False, comment="what the change is, in the drafter's words"),
    sa.Column('effective_from', sa.Integer(), nullable=False, comment='first quarter it will apply to, as 20263'),
    sa.Column('reason', sa.Text(), nullable=False, comment='why, and from which document'),
    sa.Column('state', sa.String(length=12), nullable=False, comment='draft → submitted → published'),
    sa.Column('version', sa.Integer(), nullable=False, comment='grows with every change; stale pages are refused by it'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='account.id of the drafter'),
    sa.Column('created_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.Column('editor_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='account.id of everybody who typed into it'),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('published_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id; never the drafter'),
    sa.Column('published_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f('ck_catalogue_draft_published')),
    sa.CheckConstraint("(state = 'published') = (published_by_id IS NOT NULL)", name=op.f('ck_catalogue_draft_published_by')),
    sa.CheckConstraint("(state IN ('submitted', 'published')) = (submitted_at IS NOT NULL)", name=op.f('ck_catalogue_draft_submitted')),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'published', 'dropped')", name=op.f('ck_catalogue_draft_state')),
    sa.CheckConstraint('published_by_id IS NULL OR published_by_id <> created_by_id', name=op.f('ck_catalogue_draft_second_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_draft'))
    )
    with op.batch_alter_table('catalogue_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_catalogue_draft_state'), ['state'], unique=False)

    op.create_table('cell',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('indicator', sa.String(length=8), nullable=False, comment='row code of the form edition'),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code, 20263'),
    sa.Column('segment', sa.String(length=12), nullable=False, comment='segment of the primary position; NN-x, 00, 00-CLUSTER'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit'),
    sa.Column('size_class', sa.String(length=1), nullable=False, comment='L M S X'),
    sa.Column('respondent_class', sa.String(length=1), nullable=False, comment='L S N; L is above-scale'),
    sa.Column('total', sa.BigInteger(), nullable=False, comment="sum, in the indicator's unit"),
    sa.Column('facts', sa.Integer(), nullable=False, comment='enterprises with a fact, zeros included'),
    sa.Column('contributors', sa.Integer(), nullable=False, comment='enterprises with a fact other than zero'),
    sa.CheckConstraint('facts >= 0 AND contributors >= 0 AND contributors <= facts', name=op.f('ck_cell_counts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cell')),
    sa.UniqueConstraint('indicator', 'quarter', 'segment', 'county', 'size_class', 'respondent_class', name=op.f('uq_cell_indicator_quarter_segment_county_size_class_respondent_class'))
    )
    with op.batch_alter_table('cell', schema=None) as batch_op:
        batch_op.create_index('ix_cell_quarter_county', ['quarter', 'county'], unique=False)

    op.create_table('cell_due',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code'),
    sa.Column('segment', sa.String(length=12), nullable=False),
    sa.Column('county', sa.String(length=12), nullable=False),
    sa.Column('size_class', sa.String(length=1), nullable=False),
    sa.Column('respondent_class', sa.String(length=1), nullable=False),
    sa.Column('due', sa.Integer(), nullable=False, comment='enterprises that owe the quarter'),
    sa.Column('approved', sa.Integer(), nullable=False, comment='of them approved'),
    sa.Column('weight_due', sa.BigInteger(), nullable=False, comment='sum of weights, 万元'),
    sa.Column('weight_approved', sa.BigInteger(), nullable=False, comment='of them approved, 万元'),
    sa.CheckConstraint('due >= 0 AND approved >= 0 AND approved <= due', name=op.f('ck_cell_due_counts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cell_due')),
    sa.UniqueConstraint('quarter', 'segment', 'county', 'size_class', 'respondent_class', name=op.f('uq_cell_due_quarter_segment_county_size_class_respondent_class'))
    )
    op.create_table('demo_load',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('arguments', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='resolved arguments of the load'),
    sa.Column('digest', sa.String(length=64), nullable=False, comment='sha256 over the rows that the arguments decide, hex'),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_demo_load'))
    )
    op.create_table('designation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False, comment='chain-leading or key'),
    sa.Column('for_chain', sa.String(length=4), nullable=False, comment='the chain it is designated for'),
    sa.Column('decided_on', sa.Date(), nullable=False, comment='date of the document'),
    sa.Column('document_no', sa.String(length=100), nullable=False, comment='number of the document'),
    sa.Column('until_on', sa.Date(), nullable=True, comment='first day no longer; empty while it lasts'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("kind IN ('chain-leading', 'key')", name=op.f('ck_designation_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_designation'))
    )
    with op.batch_alter_table('designation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_designation_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('due_enterprise',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code'),
    sa.Column('segment', sa.String(length=12), nullable=False),
    sa.Column('size_class', sa.String(length=1), nullable=False),
    sa.Column('respondent_class', sa.String(length=1), nullable=False),
    sa.Column('weight', sa.BigInteger(), nullable=False, comment='101 (N: 105) of the newest approved quarter, else of last year as stated, 万元'),
    sa.Column('is_approved', sa.Boolean(), nullable=False, comment='its filing for the quarter is approved'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.CheckConstraint('weight >= 0', name=op.f('ck_due_enterprise_weight')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_due_enterprise')),
    sa.UniqueConstraint('quarter', 'enterprise_id', name=op.f('uq_due_enterprise_quarter_enterprise_id'))
    )
    with op.batch_alter_table('due_enterprise', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_due_enterprise_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('enrolment_code',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit whose officer made it'),
    sa.Column('credit_code', sa.String(length=18), nullable=False, comment='the enterprise it was made for'),
    sa.Column('name', sa.String(length=200), nullable=False, comment="the enterprise's name on the county's list"),
    sa.Column('code_hash', sa.String(length=64), nullable=False, comment='sha256 of the code, hex'),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC; empty while unused'),
    sa.Column('used_for_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='enterprise.id it proved the first account of'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment_code')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_enrolment_code_code_hash'))
    )
    with op.batch_alter_table('enrolment_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_code_county'), ['county'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_code_credit_code'), ['credit_code'], unique=False)

    op.create_table('enterprise',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('credit_code', sa.String(length=18), nullable=False, comment='unified social credit code, compact'),
    sa.Column('override_reason', sa.Text(), nullable=True, comment='why a county lead accepts an uncheckable code'),
    sa.Column('name_zh', sa.String(length=200), nullable=False, comment='name as on the licence'),
    sa.Column('name_en', sa.String(length=200), nullable=False, comment='English name, if it has one'),
    sa.Column('status', sa.String(length=12), nullable=False, comment='prospective, registered, merged'),
    sa.Column('registered_county', sa.String(length=12), nullable=False, comment='county of the licence, GB/T 2260'),
    sa.Column('segment', sa.String(length=16), nullable=False, comment='primary position; NN-x, 00, 00-CLUSTER'),
    sa.Column('gb_class', sa.String(length=4), nullable=False, comment='main class, GB/T 4754'),
    sa.Column('founded_on', sa.Date(), nullable=True, comment='day of founding'),
    sa.Column('size_class', sa.String(length=1), nullable=False, comment='L M S X, computed, as of 1 January'),
    sa.Column('size_class_on', sa.Date(), nullable=True, comment='1 January from which the size class counts'),
    sa.Column('staff', sa.Integer(), nullable=True, comment='persons, last complete year, as stated'),
    sa.Column('revenue', sa.BigInteger(), nullable=True, comment='万元, last complete year, as stated'),
    sa.Column('figures_year', sa.Integer(), nullable=True, comment='the year of staff, revenue and base output'),
    sa.Column('base_output', sa.BigInteger(), nullable=True, comment='gross output (not industry: revenue) of that year, 万元; weight before the first filing'),
    sa.Column('registered_on', sa.Date(), nullable=True, comment='day of admission'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("status <> 'registered' OR override_reason IS NOT NULL OR (length(credit_code) = 18 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 1, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 2, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 3, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 4, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 5, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 6, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 7, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 8, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 9, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 10, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 11, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 12, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 13, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 14, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 15, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 16, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 17, 1)) - 1) >= 0 AND (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 18, 1)) - 1) >= 0 AND (1 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 1, 1)) - 1) + 3 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 2, 1)) - 1) + 9 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 3, 1)) - 1) + 27 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 4, 1)) - 1) + 19 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 5, 1)) - 1) + 26 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 6, 1)) - 1) + 16 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 7, 1)) - 1) + 17 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 8, 1)) - 1) + 20 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 9, 1)) - 1) + 29 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 10, 1)) - 1) + 25 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 11, 1)) - 1) + 13 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 12, 1)) - 1) + 8 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 13, 1)) - 1) + 24 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 14, 1)) - 1) + 10 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 15, 1)) - 1) + 30 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 16, 1)) - 1) + 28 * (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 17, 1)) - 1) + (instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 18, 1)) - 1)) % 31 = 0)", name=op.f('ck_enterprise_credit_code_sqlite')).ddl_if(dialect='sqlite'),
    sa.CheckConstraint("status <> 'registered' OR override_reason IS NOT NULL OR (length(credit_code) = 18 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 1, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 2, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 3, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 4, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 5, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 6, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 7, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 8, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 9, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 10, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 11, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 12, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 13, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 14, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 15, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 16, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 17, 1)) - 1) >= 0 AND (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 18, 1)) - 1) >= 0 AND (1 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 1, 1)) - 1) + 3 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 2, 1)) - 1) + 9 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 3, 1)) - 1) + 27 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 4, 1)) - 1) + 19 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 5, 1)) - 1) + 26 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 6, 1)) - 1) + 16 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 7, 1)) - 1) + 17 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 8, 1)) - 1) + 20 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 9, 1)) - 1) + 29 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 10, 1)) - 1) + 25 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 11, 1)) - 1) + 13 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 12, 1)) - 1) + 8 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 13, 1)) - 1) + 24 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 14, 1)) - 1) + 10 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 15, 1)) - 1) + 30 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 16, 1)) - 1) + 28 * (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 17, 1)) - 1) + (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(credit_code, 18, 1)) - 1)) % 31 = 0)", name=op.f('ck_enterprise_credit_code_postgresql')).ddl_if(dialect='postgresql'),
    sa.CheckConstraint("status IN ('prospective', 'registered', 'merged')", name=op.f('ck_enterprise_status')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enterprise'))
    )
    with op.batch_alter_table('enterprise', schema=None) as batch_op:
        batch_op.create_index('ix_enterprise_county_status', ['county', 'status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enterprise_credit_code'), ['credit_code'], unique=False)
        batch_op.create_index('uq_enterprise_registered_code', ['credit_code'], unique=True, sqlite_where=sa.text("status = 'registered'"), postgresql_where=sa.text("status = 'registered'"))

    op.create_table('filing_window',
    sa.Column('quarter', sa.Integer(), autoincrement=False, nullable=False, comment='quarter filed, as 20263'),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('due_on', sa.Date(), nullable=False, comment='last day to file in time, Asia/Shanghai'),
    sa.Column('first_due_on', sa.Date(), nullable=False, comment='the day before any extension'),
    sa.Column('locks_on', sa.Date(), nullable=False, comment='last day a late filing is taken, Asia/Shanghai'),
    sa.Column('edition', sa.String(length=20), nullable=False, comment='form edition answered in this window'),
    sa.Column('opened_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id; empty: the system'),
    sa.Column('extended_at', sa.DateTime(timezone=True), nullable=True, comment='last extension, UTC'),
    sa.Column('extended_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id; empty: the system'),
    sa.Column('extension_reason', sa.Text(), nullable=False, comment='why it was last extended'),
    sa.CheckConstraint('(due_on = first_due_on) = (extended_at IS NULL)', name=op.f('ck_filing_window_extended')),
    sa.CheckConstraint('due_on <= locks_on', name=op.f('ck_filing_window_due_before_lock')),
    sa.CheckConstraint('first_due_on <= due_on', name=op.f('ck_filing_window_only_extended')),
    sa.PrimaryKeyConstraint('quarter', name=op.f('pk_filing_window'))
    )
    op.create_table('form_edition',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False, comment='code of the edition, 2026.1'),
    sa.Column('rule_set', sa.String(length=20), nullable=False, comment='version of the rules, 2026.1.1'),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='sections, units, indicators and rules'),
    sa.Column('content_hash', sa.String(length=64), nullable=False, comment='sha256 of the canonical content, hex'),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_form_edition')),
    sa.UniqueConstraint('code', 'rule_set', name=op.f('uq_form_edition_code_rule_set'))
    )
    op.create_table('job',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False, comment='which handler, e.g. notices.send_mail'),
    sa.Column('args', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='keyword arguments of the handler'),
    sa.Column('key', sa.String(length=160), nullable=True, comment='at most one job with this key waits to be begun'),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False, comment='not before this instant, UTC'),
    sa.Column('attempts', sa.Integer(), nullable=False, comment='how often it was begun'),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True, comment='a consumer works on it until then'),
    sa.Column('lease_token', sa.String(length=32), nullable=True, comment='who began it last; fences the effect'),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True, comment="set in the effect's own transaction"),
    sa.Column('error', sa.Text(), nullable=True, comment='why the last attempt failed, without values'),
    sa.Column('parked_at', sa.DateTime(timezone=True), nullable=True, comment='given up until an administrator retries'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.CheckConstraint('attempts = 0 or lease_token is not null', name=op.f('ck_job_claimed_has_token')),
    sa.CheckConstraint('done_at is null or parked_at is null', name=op.f('ck_job_done_or_parked')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_done_at', ['done_at'], unique=False)
        batch_op.create_index('ix_job_open', ['due_at', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL AND parked_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND parked_at IS NULL'))
        batch_op.create_index('ix_job_parked', ['parked_at'], unique=False, sqlite_where=sa.text('parked_at IS NOT NULL'), postgresql_where=sa.text('parked_at IS NOT NULL'))
        batch_op.create_index('uq_job_key_waiting', ['key'], unique=True, sqlite_where=sa.text('done_at IS NULL AND lease_token IS NULL'), postgresql_where=sa.text('done_at IS NULL AND lease_token IS NULL'))

    op.create_table('job_consumer',
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False, comment='process id on its machine'),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False, comment='last sign of life, UTC'),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_job_consumer'))
    )
    with op.batch_alter_table('job_consumer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_consumer_seen_at'), ['seen_at'], unique=False)

    op.create_table('job_period',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False, comment='instant of the next turn, UTC'),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job_period'))
    )
    op.create_table('mail',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False, comment='receiver'),
    sa.Column('language', sa.String(length=2), nullable=False, comment='zh or en'),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False, comment='plain text; empty once sent'),
    sa.Column('link', sa.String(length=300), nullable=False, comment='path in the portal; empty once sent'),
    sa.Column('message_key', sa.String(length=32), nullable=False, comment='left part of the Message-ID'),
    sa.Column('reference', sa.String(length=80), nullable=False, comment='what it may be taken back by'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False, comment='sent from then on, UTC'),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True, comment='handed to the mail server, UTC'),
    sa.CheckConstraint("language in ('zh', 'en')", name=op.f('ck_mail_language')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail')),
    sa.UniqueConstraint('message_key', name=op.f('uq_mail_message_key'))
    )
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_reference'), ['reference'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='account.id of the reader'),
    sa.Column('kind', sa.String(length=40), nullable=False, comment='what it is about, e.g. case-returned'),
    sa.Column('title_zh', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('body_zh', sa.Text(), nullable=False),
    sa.Column('body_en', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False, comment='path in the portal it leads to, or empty'),
    sa.Column('reference', sa.String(length=80), nullable=False, comment='what it may be taken back by'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False, comment='shown from then on, UTC'),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC; empty while unread'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_inbox', ['account_id', 'due_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_reference'), ['reference'], unique=False)

    op.create_table('position',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('segment', sa.String(length=16), nullable=False, comment='segment code; NN-x, 00, 00-CLUSTER'),
    sa.Column('is_primary', sa.Boolean(), nullable=False, comment='decides statistics'),
    sa.Column('from_on', sa.Date(), nullable=False, comment='first day'),
    sa.Column('until_on', sa.Date(), nullable=True, comment='first day no longer; empty while it lasts'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint('until_on IS NULL OR until_on >= from_on', name=op.f('ck_position_span')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_position'))
    )
    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_position_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('product',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False, comment='as the enterprise calls it'),
    sa.Column('place', sa.Integer(), nullable=False, comment="1, 2 … in the enterprise's own order"),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product'))
    )
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_product_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('purpose_acceptance',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=4), nullable=False, comment='P1, P2 or P3'),
    sa.Column('version', sa.String(length=12), nullable=False, comment='wording that was accepted'),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('accepted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id'),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC; empty while it stands'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purpose_acceptance'))
    )
    with op.batch_alter_table('purpose_acceptance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_purpose_acceptance_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index('uq_purpose_acceptance_standing', ['enterprise_id', 'purpose', 'version'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.create_table('review_case',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('registration', 'access', 'filing', name='kind', native_enum=False, length=20), nullable=False, comment='registration, access or filing'),
    sa.Column('state', sa.Enum('draft', 'to_certify', 'submitted', 'under_review', 'returned', 'approved', 'rejected', 'void', 'withdrawn', name='state', native_enum=False, length=20), nullable=False, comment='state of the one machine'),
    sa.Column('version', sa.Integer(), nullable=False, comment='rises by one with every move'),
    sa.Column('quarter', sa.Integer(), nullable=True, comment='quarter code of a filing (20263), else null'),
    sa.Column('enterprise_name', sa.String(length=200), nullable=False, comment='name as it was when the case was made'),
    sa.Column('credit_code', sa.String(length=18), nullable=False, comment='unified social credit code, or what was claimed'),
    sa.Column('segment', sa.String(length=16), nullable=False, comment='segment of the primary position'),
    sa.Column('flags', sa.Integer(), nullable=False, comment='number of findings of the newest version'),
    sa.Column('headline', sa.BigInteger(), nullable=True, comment='gross output, or revenue where output is not asked; 10,000 yuan, in the quarter'),
    sa.Column('headline_growth', sa.BigInteger(), nullable=True, comment='headline on the same quarter last year, as a ratio (0.05 = 5 per cent)'),
    sa.Column('weight', sa.BigInteger(), nullable=True, comment='weight in response shares, 10,000 yuan'),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True, comment='newest submission, instant, UTC'),
    sa.Column('first_submitted_at', sa.DateTime(timezone=True), nullable=True, comment='first submission, instant, UTC'),
    sa.Column('due_on', sa.Date(), nullable=True, comment='day by which the office should decide'),
    sa.Column('reply_due_on', sa.Date(), nullable=True, comment='day by which a returned case should come back'),
    sa.Column('is_late', sa.Boolean(), nullable=False, comment='first submitted after the deadline'),
    sa.Column('claimed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of the officer reviewing it'),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True, comment='standing decision, instant, UTC'),
    sa.Column('decided_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id; null: the system'),
    sa.Column('entered_by_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='accounts that typed, handed over or submitted: they may not decide'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("(kind = 'filing' AND quarter IS NOT NULL) OR (NOT (kind = 'filing') AND quarter IS NULL)", name=op.f('ck_review_case_quarter_of_filing')),
    sa.CheckConstraint("(state = 'returned' AND reply_due_on IS NOT NULL) OR (NOT (state = 'returned') AND reply_due_on IS NULL)", name=op.f('ck_review_case_reply_due')),
    sa.CheckConstraint("(state = 'under_review' AND claimed_by_id IS NOT NULL) OR (NOT (state = 'under_review') AND claimed_by_id IS NULL)", name=op.f('ck_review_case_claimed')),
    sa.CheckConstraint("(state IN ('approved', 'rejected', 'returned', 'void') AND decided_at IS NOT NULL) OR (NOT (state IN ('approved', 'rejected', 'returned', 'void')) AND decided_at IS NULL)", name=op.f('ck_review_case_decided')),
    sa.CheckConstraint("NOT (state IN ('approved', 'rejected', 'returned', 'submitted', 'under_review', 'void')) OR (submitted_at IS NOT NULL AND due_on IS NOT NULL)", name=op.f('ck_review_case_submitted')),
    sa.CheckConstraint("kind IN ('access', 'filing', 'registration')", name=op.f('ck_review_case_kind')),
    sa.CheckConstraint("state IN ('approved', 'draft', 'rejected', 'returned', 'submitted', 'to_certify', 'under_review', 'void', 'withdrawn')", name=op.f('ck_review_case_state')),
    sa.CheckConstraint('version >= 1', name=op.f('ck_review_case_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_case'))
    )
    with op.batch_alter_table('review_case', schema=None) as batch_op:
        batch_op.create_index('ix_review_case_city', ['kind', 'due_on', 'id'], unique=False, sqlite_where=sa.text("state IN ('submitted', 'under_review')"), postgresql_where=sa.text("state IN ('submitted', 'under_review')"))
        batch_op.create_index('ix_review_case_claimed', ['claimed_by_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_review_case_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index('ix_review_case_queue', ['county', 'kind', 'state', 'due_on', 'id'], unique=False)
        batch_op.create_index('ix_review_case_states', ['kind', 'state', 'due_on', 'id'], unique=False)
        batch_op.create_index('ix_review_case_waiting', ['county', 'kind', 'due_on', 'id'], unique=False, sqlite_where=sa.text("state IN ('submitted', 'under_review')"), postgresql_where=sa.text("state IN ('submitted', 'under_review')"))

    op.create_table('throttle',
    sa.Column('key', sa.String(length=100), nullable=False, comment='what is counted: kind and hash or number'),
    sa.Column('failures', sa.Integer(), nullable=False, comment='count in the window'),
    sa.Column('window_began_at', sa.DateTime(timezone=True), nullable=False, comment='first failure, UTC'),
    sa.CheckConstraint('failures > 0', name=op.f('ck_throttle_failures')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_throttle'))
    )
    with op.batch_alter_table('throttle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_throttle_window_began_at'), ['window_began_at'], unique=False)

    op.create_table('upload',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False, comment='what it proves: licence'),
    sa.Column('filename', sa.String(length=120), nullable=False, comment='as the person called it, made safe'),
    sa.Column('media_type', sa.String(length=40), nullable=False, comment='by content, not by name'),
    sa.Column('size', sa.BigInteger(), nullable=False, comment='bytes'),
    sa.Column('sha256', sa.String(length=64), nullable=False, comment='of the bytes, hex'),
    sa.Column('stored_name', sa.String(length=40), nullable=False, comment='random name under data_dir/uploads'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint('size > 0', name=op.f('ck_upload_size')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
    sa.UniqueConstraint('stored_name', name=op.f('uq_upload_stored_name'))
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('web_session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False, comment="sha256 of the cookie's token, hex"),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='account.id'),
    sa.Column('is_half', sa.Boolean(), nullable=False, comment='second factor still to come'),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False, comment='last request, at most five minutes old'),
    sa.Column('proved_at', sa.DateTime(timezone=True), nullable=False, comment='when the person last proved who they are'),
    sa.Column('address', sa.String(length=64), nullable=False, comment='remote address at sign-in'),
    sa.Column('agent', sa.String(length=200), nullable=False, comment="browser's own words at sign-in"),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_web_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_web_session_token_hash'))
    )
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_web_session_account_id'), ['account_id'], unique=False)

    op.create_table('account_link',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=12), nullable=False, comment='invitation or reset'),
    sa.Column('token_hash', sa.String(length=64), nullable=False, comment='sha256 of the token, hex'),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC; empty while unused'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("purpose in ('invitation', 'reset')", name=op.f('ck_account_link_purpose')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_link_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_account_link_token_hash'))
    )
    with op.batch_alter_table('account_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_link_account_id'), ['account_id'], unique=False)

    op.create_table('case_decision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='review_case.id'),
    sa.Column('action', sa.Enum('save', 'hand_over', 'send_back', 'submit', 'withdraw', 'claim', 'release', 'assign', 'approve', 'return', 'reject', 'void', 'reopen', 'undo', name='action', native_enum=False, length=20), nullable=False, comment='approve, return, reject, void, reopen, undo'),
    sa.Column('from_state', sa.Enum('draft', 'to_certify', 'submitted', 'under_review', 'returned', 'approved', 'rejected', 'void', 'withdrawn', name='state', native_enum=False, length=20), nullable=False, comment='state before'),
    sa.Column('to_state', sa.Enum('draft', 'to_certify', 'submitted', 'under_review', 'returned', 'approved', 'rejected', 'void', 'withdrawn', name='state', native_enum=False, length=20), nullable=False, comment='state after'),
    sa.Column('reason', sa.Text(), nullable=False, comment='what the officer wrote to the enterprise'),
    sa.Column('version_no', sa.Integer(), nullable=False, comment='case version the officer saw'),
    sa.Column('decided_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id; null: the system'),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('idempotency_key', sa.String(length=64), nullable=True, comment='of the post that made it: a repeated post finds its decision'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.ForeignKeyConstraint(['case_id'], ['review_case.id'], name=op.f('fk_case_decision_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_decision')),
    sa.UniqueConstraint('case_id', 'idempotency_key', name=op.f('uq_case_decision_case_id_idempotency_key'))
    )
    with op.batch_alter_table('case_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_decision_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_decision_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('case_remark',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='review_case.id'),
    sa.Column('field', sa.String(length=40), nullable=True, comment='code of the field; null: the whole case'),
    sa.Column('text', sa.Text(), nullable=False, comment='what is asked or said'),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id'),
    sa.Column('author_side', sa.String(length=10), nullable=False, comment='officer or enterprise'),
    sa.Column('version_no', sa.Integer(), nullable=False, comment='case version it was written on'),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('reply', sa.Text(), nullable=True, comment='the answer'),
    sa.Column('replied_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id'),
    sa.Column('replied_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True, comment='settled, instant, UTC'),
    sa.Column('closed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.CheckConstraint("author_side IN ('officer', 'enterprise')", name=op.f('ck_case_remark_side')),
    sa.CheckConstraint('(reply IS NULL) = (replied_at IS NULL)', name=op.f('ck_case_remark_replied')),
    sa.ForeignKeyConstraint(['case_id'], ['review_case.id'], name=op.f('fk_case_remark_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_remark'))
    )
    with op.batch_alter_table('case_remark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_remark_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_remark_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('catalogue_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False, comment='cluster, chain, segment … (kinds.KINDS)'),
    sa.Column('code', sa.String(length=20), nullable=False, comment='code of the entry within its kind'),
    sa.Column('effective_from', sa.Integer(), nullable=False, comment='first quarter it applies to, as 20263'),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2 … among versions of this entry from the same quarter'),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment="names, source, status and the kind's fields"),
    sa.Column('content_hash', sa.String(length=64), nullable=False, comment='sha256 of the canonical content, hex'),
    sa.Column('source', sa.String(length=8), nullable=False, comment='seed: a definition file; edit: a published draft'),
    sa.Column('draft_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='the draft it came from'),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('published_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment="account.id; empty: the operator's load"),
    sa.Column('published_by_name', sa.String(length=200), nullable=False, comment='name as it was then'),
    sa.CheckConstraint("source = 'seed' OR published_by_id IS NOT NULL", name=op.f('ck_catalogue_entry_edit_has_publisher')),
    sa.CheckConstraint("source IN ('seed', 'edit')", name=op.f('ck_catalogue_entry_source')),
    sa.ForeignKeyConstraint(['draft_id'], ['catalogue_draft.id'], name=op.f('fk_catalogue_entry_draft_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_entry')),
    sa.UniqueConstraint('kind', 'code', 'effective_from', 'number', name=op.f('uq_catalogue_entry_kind_code_effective_from_number'))
    )
    op.create_table('filing',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='review_case.id, newest'),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code, 20263'),
    sa.Column('edition', sa.String(length=20), nullable=False, comment='form edition it answers, 2026.1'),
    sa.Column('rule_set', sa.String(length=20), nullable=False, comment='version of the rules it is checked by'),
    sa.Column('respondent_class', sa.String(length=1), nullable=False, comment='L above-scale, S below-scale, N not industry'),
    sa.Column('size_class', sa.String(length=1), nullable=False, comment='L M S X, of the year'),
    sa.Column('segment', sa.String(length=16), nullable=False, comment='segment of the primary position; NN-x, 00, 00-CLUSTER'),
    sa.Column('typing', sa.String(length=8), nullable=False, comment='flows are typed: quarter or ytd'),
    sa.Column('draft', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='what was typed, by field name'),
    sa.Column('draft_version', sa.Integer(), nullable=False, comment='rises by one with every save that changes'),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=True, comment='newest save, instant, UTC'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("respondent_class IN ('L', 'S', 'N')", name=op.f('ck_filing_respondent_class')),
    sa.CheckConstraint("size_class IN ('L', 'M', 'S', 'X')", name=op.f('ck_filing_size_class')),
    sa.CheckConstraint("typing IN ('quarter', 'ytd')", name=op.f('ck_filing_typing')),
    sa.CheckConstraint('draft_version >= 1', name=op.f('ck_filing_draft_version')),
    sa.ForeignKeyConstraint(['case_id'], ['review_case.id'], name=op.f('fk_filing_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing')),
    sa.UniqueConstraint('case_id', name=op.f('uq_filing_case_id')),
    sa.UniqueConstraint('enterprise_id', 'quarter', name=op.f('uq_filing_enterprise_id_quarter'))
    )
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index('ix_filing_quarter_county', ['quarter', 'county'], unique=False)

    op.create_table('membership',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='account.id'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('post', sa.String(length=12), nullable=False, comment='preparer or certifier'),
    sa.Column('state', sa.String(length=10), nullable=False, comment='pending, active, ended'),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='instant, UTC'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("post IN ('preparer', 'certifier')", name=op.f('ck_membership_post')),
    sa.CheckConstraint("state IN ('pending', 'active', 'ended')", name=op.f('ck_membership_state')),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_membership_enterprise_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index('uq_membership_standing', ['account_id', 'enterprise_id', 'post'], unique=True, sqlite_where=sa.text("state <> 'ended'"), postgresql_where=sa.text("state <> 'ended'"))

    op.create_table('post',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False, comment='kernel Role value of an office'),
    sa.Column('county', sa.String(length=12), nullable=True, comment='reporting unit, for county roles'),
    sa.Column('chain', sa.String(length=4), nullable=True, comment='chain code, for chain officers'),
    sa.Column('since_on', sa.Date(), nullable=False, comment='first day in the post'),
    sa.Column('until_on', sa.Date(), nullable=True, comment='first day no longer in it; empty while it lasts'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.CheckConstraint("(role in ('chain_officer')) = (chain is not null)", name=op.f('ck_post_chain')),
    sa.CheckConstraint("(role in ('county_lead', 'county_officer')) = (county is not null)", name=op.f('ck_post_county')),
    sa.CheckConstraint("role in ('administrator', 'auditor', 'bureau_lead', 'bureau_officer', 'chain_officer', 'county_lead', 'county_officer')", name=op.f('ck_post_role')),
    sa.CheckConstraint('until_on is null or until_on >= since_on', name=op.f('ck_post_span')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_post_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post'))
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_post_county'), ['county'], unique=False)

    op.create_table('registration',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='review_case.id'),
    sa.Column('document', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='what was typed, by field name'),
    sa.Column('draft_version', sa.Integer(), nullable=False, comment='rises with every save that changes'),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=True, comment='newest save, instant, UTC'),
    sa.Column('enrolment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='enrolment_code.id that was used as proof'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of who made it'),
    sa.ForeignKeyConstraint(['case_id'], ['review_case.id'], name=op.f('fk_registration_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration')),
    sa.UniqueConstraint('case_id', name=op.f('uq_registration_case_id'))
    )
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_registration_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('catalogue_draft_item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('draft_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='the draft it belongs to'),
    sa.Column('kind', sa.String(length=20), nullable=False, comment='cluster, chain, segment … (kinds.KINDS)'),
    sa.Column('code', sa.String(length=20), nullable=False, comment='code of the entry within its kind'),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='the whole entry as it shall read'),
    sa.Column('base_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='version it was drafted from'),
    sa.ForeignKeyConstraint(['base_id'], ['catalogue_entry.id'], name=op.f('fk_catalogue_draft_item_base_id')),
    sa.ForeignKeyConstraint(['draft_id'], ['catalogue_draft.id'], name=op.f('fk_catalogue_draft_item_draft_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_draft_item')),
    sa.UniqueConstraint('draft_id', 'kind', 'code', name=op.f('uq_catalogue_draft_item_draft_id_kind_code'))
    )
    op.create_table('filing_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('filing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='filing.id'),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='review_case.id'),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code, 20263'),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2 … of the filing'),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='canonical content; numbers are strings'),
    sa.Column('sha256', sa.String(length=64), nullable=False, comment='sha256 of the canonical content, hex'),
    sa.Column('receipt_no', sa.String(length=24), nullable=False, comment='number of the receipt, with check letter'),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('submitted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id of the certifier'),
    sa.Column('is_late', sa.Boolean(), nullable=False, comment='submitted after the day it was due'),
    sa.Column('idempotency_key', sa.String(length=64), nullable=False, comment='of the post that made it: a repeated post finds its version'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.CheckConstraint('number >= 1', name=op.f('ck_filing_version_number')),
    sa.ForeignKeyConstraint(['case_id'], ['review_case.id'], name=op.f('fk_filing_version_case_id')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_version_filing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_version')),
    sa.UniqueConstraint('filing_id', 'number', name=op.f('uq_filing_version_filing_id_number')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_filing_version_idempotency_key')),
    sa.UniqueConstraint('receipt_no', name=op.f('uq_filing_version_receipt_no'))
    )
    with op.batch_alter_table('filing_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_version_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_filing_version_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index('ix_filing_version_enterprise_quarter', ['enterprise_id', 'quarter', 'number'], unique=False)

    op.create_table('registration_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('registration_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2 … of the registration'),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, comment='canonical content'),
    sa.Column('sha256', sa.String(length=64), nullable=False, comment='sha256 of the canonical content, hex'),
    sa.Column('enrolled', sa.Boolean(), nullable=False, comment='proved by an enrolment code of the county'),
    sa.Column('licence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='proved by this upload'),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False, comment='instant, UTC'),
    sa.Column('submitted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='account.id'),
    sa.Column('idempotency_key', sa.String(length=64), nullable=False, comment='of the post that made it'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.ForeignKeyConstraint(['licence_id'], ['upload.id'], name=op.f('fk_registration_version_licence_id')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_registration_version_registration_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration_version')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_registration_version_idempotency_key')),
    sa.UniqueConstraint('registration_id', 'number', name=op.f('uq_registration_version_registration_id_number'))
    )
    with op.batch_alter_table('registration_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_registration_version_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('fact',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('indicator', sa.String(length=8), nullable=False, comment='row code of the form edition'),
    sa.Column('quarter', sa.Integer(), nullable=False, comment='quarter code; annual rows stand in the fourth'),
    sa.Column('value', sa.BigInteger(), nullable=False, comment="in the indicator's unit, in the quarter"),
    sa.Column('segment', sa.String(length=16), nullable=False, comment='segment of the primary position in the quarter'),
    sa.Column('size_class', sa.String(length=1), nullable=False, comment='L M S X'),
    sa.Column('respondent_class', sa.String(length=1), nullable=False, comment='L S N'),
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True, comment='filing_version.id; empty: a loaded base figure'),
    sa.Column('basis', sa.String(length=8), nullable=False, comment='filing, or stated by the enterprise'),
    sa.Column('enterprise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False, comment='whose row it is: enterprise.id'),
    sa.Column('county', sa.String(length=12), nullable=False, comment='reporting unit when the row was made'),
    sa.Column('chain', sa.String(length=4), nullable=False, comment='chain of the primary position when the row was made'),
    sa.CheckConstraint("basis = 'stated' OR version_id IS NOT NULL", name=op.f('ck_fact_filing_has_version')),
    sa.CheckConstraint("basis IN ('filing', 'stated')", name=op.f('ck_fact_basis')),
    sa.ForeignKeyConstraint(['version_id'], ['filing_version.id'], name=op.f('fk_fact_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fact')),
    sa.UniqueConstraint('enterprise_id', 'indicator', 'quarter', name=op.f('uq_fact_enterprise_id_indicator_quarter'))
    )
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_fact_enterprise_id'), ['enterprise_id'], unique=False)
        batch_op.create_index('ix_fact_quarter_indicator', ['quarter', 'indicator'], unique=False)
        batch_op.create_index(batch_op.f('ix_fact_version_id'), ['version_id'], unique=False)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_fact_version_id'))
        batch_op.drop_index('ix_fact_quarter_indicator')
        batch_op.drop_index(batch_op.f('ix_fact_enterprise_id'))

    op.drop_table('fact')
    with op.batch_alter_table('registration_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_registration_version_enterprise_id'))

    op.drop_table('registration_version')
    with op.batch_alter_table('filing_version', schema=None) as batch_op:
        batch_op.drop_index('ix_filing_version_enterprise_quarter')
        batch_op.drop_index(batch_op.f('ix_filing_version_enterprise_id'))
        batch_op.drop_index(batch_op.f('ix_filing_version_case_id'))

    op.drop_table('filing_version')
    op.drop_table('catalogue_draft_item')
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_registration_enterprise_id'))

    op.drop_table('registration')
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_post_county'))
        batch_op.drop_index(batch_op.f('ix_post_account_id'))

    op.drop_table('post')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index('uq_membership_standing', sqlite_where=sa.text("state <> 'ended'"), postgresql_where=sa.text("state <> 'ended'"))
        batch_op.drop_index(batch_op.f('ix_membership_enterprise_id'))
        batch_op.drop_index(batch_op.f('ix_membership_account_id'))

    op.drop_table('membership')
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.drop_index('ix_filing_quarter_county')
        batch_op.drop_index(batch_op.f('ix_filing_enterprise_id'))

    op.drop_table('filing')
    op.drop_table('catalogue_entry')
    with op.batch_alter_table('case_remark', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_remark_enterprise_id'))
        batch_op.drop_index(batch_op.f('ix_case_remark_case_id'))

    op.drop_table('case_remark')
    with op.batch_alter_table('case_decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_decision_enterprise_id'))
        batch_op.drop_index(batch_op.f('ix_case_decision_case_id'))

    op.drop_table('case_decision')
    with op.batch_alter_table('account_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_link_account_id'))

    op.drop_table('account_link')
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_web_session_account_id'))

    op.drop_table('web_session')
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_enterprise_id'))

    op.drop_table('upload')
    with op.batch_alter_table('throttle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_throttle_window_began_at'))

    op.drop_table('throttle')
    with op.batch_alter_table('review_case', schema=None) as batch_op:
        batch_op.drop_index('ix_review_case_waiting', sqlite_where=sa.text("state IN ('submitted', 'under_review')"), postgresql_where=sa.text("state IN ('submitted', 'under_review')"))
        batch_op.drop_index('ix_review_case_states')
        batch_op.drop_index('ix_review_case_queue')
        batch_op.drop_index(batch_op.f('ix_review_case_enterprise_id'))
        batch_op.drop_index('ix_review_case_claimed')
        batch_op.drop_index('ix_review_case_city', sqlite_where=sa.text("state IN ('submitted', 'under_review')"), postgresql_where=sa.text("state IN ('submitted', 'under_review')"))

    op.drop_table('review_case')
    with op.batch_alter_table('purpose_acceptance', schema=None) as batch_op:
        batch_op.drop_index('uq_purpose_acceptance_standing', sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_purpose_acceptance_enterprise_id'))

    op.drop_table('purpose_acceptance')
    with op.batch_alter_table('product', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_product_enterprise_id'))

    op.drop_table('product')
    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_position_enterprise_id'))

    op.drop_table('position')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_reference'))
        batch_op.drop_index('ix_notice_inbox')

    op.drop_table('notice')
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_reference'))
        batch_op.drop_index(batch_op.f('ix_mail_created_at'))

    op.drop_table('mail')
    op.drop_table('job_period')
    with op.batch_alter_table('job_consumer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_job_consumer_seen_at'))

    op.drop_table('job_consumer')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('uq_job_key_waiting', sqlite_where=sa.text('done_at IS NULL AND lease_token IS NULL'), postgresql_where=sa.text('done_at IS NULL AND lease_token IS NULL'))
        batch_op.drop_index('ix_job_parked', sqlite_where=sa.text('parked_at IS NOT NULL'), postgresql_where=sa.text('parked_at IS NOT NULL'))
        batch_op.drop_index('ix_job_open', sqlite_where=sa.text('done_at IS NULL AND parked_at IS NULL'), postgresql_where=sa.text('done_at IS NULL AND parked_at IS NULL'))
        batch_op.drop_index('ix_job_done_at')

    op.drop_table('job')
    op.drop_table('form_edition')
    op.drop_table('filing_window')
    with op.batch_alter_table('enterprise', schema=None) as batch_op:
        batch_op.drop_index('uq_enterprise_registered_code', sqlite_where=sa.text("status = 'registered'"), postgresql_where=sa.text("status = 'registered'"))
        batch_op.drop_index(batch_op.f('ix_enterprise_credit_code'))
        batch_op.drop_index('ix_enterprise_county_status')

    op.drop_table('enterprise')
    with op.batch_alter_table('enrolment_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enrolment_code_credit_code'))
        batch_op.drop_index(batch_op.f('ix_enrolment_code_county'))

    op.drop_table('enrolment_code')
    with op.batch_alter_table('due_enterprise', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_due_enterprise_enterprise_id'))

    op.drop_table('due_enterprise')
    with op.batch_alter_table('designation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_designation_enterprise_id'))

    op.drop_table('designation')
    op.drop_table('demo_load')
    op.drop_table('cell_due')
    with op.batch_alter_table('cell', schema=None) as batch_op:
        batch_op.drop_index('ix_cell_quarter_county')

    op.drop_table('cell')
    with op.batch_alter_table('catalogue_draft', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_catalogue_draft_state'))

    op.drop_table('catalogue_draft')
    op.drop_table('calendar_day')
    with op.batch_alter_table('audit_head', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_head_moved', sqlite_where=sa.text('seq > anchored_seq'), postgresql_where=sa.text('seq > anchored_seq'))

    op.drop_table('audit_head')
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_event_verb_id')
        batch_op.drop_index('ix_audit_event_subject_id')
        batch_op.drop_index('ix_audit_event_recorded_at')
        batch_op.drop_index('ix_audit_event_actor_id_id')

    op.drop_table('audit_event')
    op.drop_table('audit_anchor')
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_email'))

    op.drop_table('account')
    with op.batch_alter_table('above_scale_status', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_above_scale_status_enterprise_id'))

    op.drop_table('above_scale_status')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS audit_refuses() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS audit_moves_head() CASCADE")
