"""LMS platforms."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "platforms_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("private", sa.String(), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_platforms_key_kid")),
    )
    op.create_table(
        "platforms_platform",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("auth_url", sa.String(), nullable=False),
        sa.Column("token_url", sa.String(), nullable=False),
        sa.Column("keys_url", sa.String(), nullable=False),
        sa.Column("token_audience", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("frame_origins", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["people_organisation.id"],
            name=op.f("fk_platforms_platform_organisation_id_people_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_platform")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_platforms_platform_issuer_client_id")),
    )
    op.create_table(
        "platforms_deployment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["people_organisation.id"],
            name=op.f("fk_platforms_deployment_organisation_id_people_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms_platform.id"],
            name=op.f("fk_platforms_deployment_platform_id_platforms_platform"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_deployment")),
        sa.UniqueConstraint("platform_id", "name", name=op.f("uq_platforms_deployment_platform_id_name")),
    )
    op.create_table(
        "platforms_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people_person.id"], name=op.f("fk_platforms_invitation_by_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["people_organisation.id"],
            name=op.f("fk_platforms_invitation_organisation_id_people_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms_platform.id"],
            name=op.f("fk_platforms_invitation_platform_id_platforms_platform"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_platforms_invitation_token_hash")),
    )
    op.create_table(
        "platforms_keyset",
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms_platform.id"], name=op.f("fk_platforms_keyset_platform_id_platforms_platform")
        ),
        sa.PrimaryKeyConstraint("platform_id", name=op.f("pk_platforms_keyset")),
    )
    op.create_table(
        "platforms_login",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms_platform.id"], name=op.f("fk_platforms_login_platform_id_platforms_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_login")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_platforms_login_state_hash")),
    )
    with op.batch_alter_table("platforms_login", schema=None) as batch_op:
        batch_op.create_index("ix_platforms_login_expires", ["expires_at"], unique=False)

    op.create_table(
        "platforms_token",
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms_platform.id"], name=op.f("fk_platforms_token_platform_id_platforms_platform")
        ),
        sa.PrimaryKeyConstraint("platform_id", "scopes", name=op.f("pk_platforms_token")),
    )
    op.create_table(
        "platforms_context",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("memberships_url", sa.String(), nullable=False),
        sa.Column("lineitems_url", sa.String(), nullable=False),
        sa.Column("grade_scopes", sa.JSON(), nullable=False),
        sa.Column("roster", sa.JSON(), nullable=False),
        sa.Column("roster_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roster_error", sa.String(), nullable=False),
        sa.Column("follows_roster", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts_cohort.id"], name=op.f("fk_platforms_context_cohort_id_cohorts_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["copied_from_id"],
            ["platforms_context.id"],
            name=op.f("fk_platforms_context_copied_from_id_platforms_context"),
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["platforms_deployment.id"],
            name=op.f("fk_platforms_context_deployment_id_platforms_deployment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_context")),
        sa.UniqueConstraint("deployment_id", "name", name=op.f("uq_platforms_context_deployment_id_name")),
    )
    with op.batch_alter_table("platforms_context", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_platforms_context_cohort_id"), ["cohort_id"], unique=False)

    op.create_table(
        "platforms_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["platforms_context.id"], name=op.f("fk_platforms_link_context_id_platforms_context")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_link")),
        sa.UniqueConstraint("context_id", "name", name=op.f("uq_platforms_link_context_id_name")),
    )
    op.create_table(
        "platforms_participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("learner", sa.Boolean(), nullable=False),
        sa.Column("teacher", sa.Boolean(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["context_id"], ["platforms_context.id"], name=op.f("fk_platforms_participant_context_id_platforms_context")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_platforms_participant_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_participant")),
        sa.UniqueConstraint("context_id", "person_id", name=op.f("uq_platforms_participant_context_id_person_id")),
    )
    with op.batch_alter_table("platforms_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_platforms_participant_person_id"), ["person_id"], unique=False)

    op.create_table(
        "platforms_lineitem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["platforms_context.id"], name=op.f("fk_platforms_lineitem_context_id_platforms_context")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["platforms_link.id"], name=op.f("fk_platforms_lineitem_link_id_platforms_link")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_lineitem")),
        sa.UniqueConstraint("context_id", "module", "tag", name=op.f("uq_platforms_lineitem_context_id_module_tag")),
    )
    op.create_table(
        "platforms_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_item_id"], ["platforms_lineitem.id"], name=op.f("fk_platforms_score_line_item_id_platforms_lineitem")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["cohorts_seat.id"], name=op.f("fk_platforms_score_seat_id_cohorts_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms_score")),
        sa.UniqueConstraint("line_item_id", "seat_id", name=op.f("uq_platforms_score_line_item_id_seat_id")),
    )
    with op.batch_alter_table("platforms_score", schema=None) as batch_op:
        batch_op.create_index("ix_platforms_score_seat", ["seat_id"], unique=False)

    # Plain ADD COLUMN: rows point to these tables, which SQLite would have to make anew in batch mode.
    op.add_column("cohorts_seat", sa.Column("reported", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(
        "ALTER TABLE people_session ADD COLUMN organisation_id INTEGER"
        " CONSTRAINT fk_people_session_organisation_id_people_organisation REFERENCES people_organisation (id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("people_session", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_people_session_organisation_id_people_organisation"), type_="foreignkey"
        )
        batch_op.drop_column("organisation_id")

    with op.batch_alter_table("cohorts_seat", schema=None) as batch_op:
        batch_op.drop_column("reported")

    with op.batch_alter_table("platforms_score", schema=None) as batch_op:
        batch_op.drop_index("ix_platforms_score_seat")

    op.drop_table("platforms_score")
    op.drop_table("platforms_lineitem")
    with op.batch_alter_table("platforms_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_platforms_participant_person_id"))

    op.drop_table("platforms_participant")
    op.drop_table("platforms_link")
    with op.batch_alter_table("platforms_context", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_platforms_context_cohort_id"))

    op.drop_table("platforms_context")
    op.drop_table("platforms_token")
    with op.batch_alter_table("platforms_login", schema=None) as batch_op:
        batch_op.drop_index("ix_platforms_login_expires")

    op.drop_table("platforms_login")
    op.drop_table("platforms_keyset")
    op.drop_table("platforms_invitation")
    op.drop_table("platforms_deployment")
    op.drop_table("platforms_platform")
    op.drop_table("platforms_key")
