"""first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "library_picture",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_library_picture")),
    )
    op.create_table(
        "library_version",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_library_version")),
    )
    with op.batch_alter_table("library_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_library_version_slug"), ["slug"], unique=False)

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("group", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_message_key")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_due", ["sent_at", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_message_group"), ["group"], unique=False)

    op.create_table(
        "people_organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_people_organisation_name")),
    )
    op.create_table(
        "people_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_person")),
    )
    with op.batch_alter_table("people_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_person_email"), ["email"], unique=False)

    op.create_table(
        "people_site",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_people_site")),
    )
    op.create_table(
        "people_throttle",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("window", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window", name=op.f("pk_people_throttle")),
    )
    with op.batch_alter_table("people_throttle", schema=None) as batch_op:
        batch_op.create_index("ix_people_throttle_window", ["window"], unique=False)

    op.create_table(
        "cohorts_cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["people_organisation.id"],
            name=op.f("fk_cohorts_cohort_organisation_id_people_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_cohort")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_cohorts_cohort_organisation_id_name")),
    )
    op.create_table(
        "cohorts_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["people_organisation.id"],
            name=op.f("fk_cohorts_day_organisation_id_people_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_day")),
    )
    with op.batch_alter_table("cohorts_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohorts_day_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "cohorts_membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = 'admin') = (organisation_id IS NULL)", name=op.f("ck_cohorts_membership_admin_has_no_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["people_organisation.id"],
            name=op.f("fk_cohorts_membership_organisation_id_people_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_cohorts_membership_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_membership")),
    )
    with op.batch_alter_table("cohorts_membership", schema=None) as batch_op:
        batch_op.create_index("ix_cohorts_membership_organisation_role", ["organisation_id", "role"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohorts_membership_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_cohorts_membership_employee",
            ["organisation_id", "employee_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND employee_id IS NOT NULL AND role = 'learner'"),
            postgresql_where=sa.text("ended_at IS NULL AND employee_id IS NOT NULL AND role = 'learner'"),
        )
        batch_op.create_index(
            "uq_cohorts_membership_live",
            ["person_id", "organisation_id", "role"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "library_live",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("version_hash", sa.String(), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_hash"], ["library_version.hash"], name=op.f("fk_library_live_version_hash_library_version")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_library_live")),
    )
    op.create_table(
        "people_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_identity_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_identity")),
        sa.UniqueConstraint("kind", "issuer", "subject", name=op.f("uq_people_identity_kind_issuer_subject")),
    )
    with op.batch_alter_table("people_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_identity_person_id"), ["person_id"], unique=False)

    op.create_table(
        "people_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_link_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_people_link_token_hash")),
    )
    with op.batch_alter_table("people_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "people_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_people_session_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_people_session_token_hash")),
    )
    with op.batch_alter_table("people_session", schema=None) as batch_op:
        batch_op.create_index("ix_people_session_person", ["person_id", "ended_at"], unique=False)

    op.create_table(
        "cohorts_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts_cohort.id"], name=op.f("fk_cohorts_member_cohort_id_cohorts_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_cohorts_member_person_id_people_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_member")),
    )
    with op.batch_alter_table("cohorts_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohorts_member_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_cohorts_member_live",
            ["cohort_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        )

    op.create_table(
        "cohorts_roster_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people_person.id"], name=op.f("fk_cohorts_roster_import_by_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts_cohort.id"], name=op.f("fk_cohorts_roster_import_cohort_id_cohorts_cohort")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_roster_import")),
    )
    with op.batch_alter_table("cohorts_roster_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohorts_roster_import_cohort_id"), ["cohort_id"], unique=False)

    op.create_table(
        "cohorts_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("version_hash", sa.String(), nullable=False),
        sa.Column("facilitator_id", sa.Integer(), nullable=True),
        sa.Column("opens_days", sa.Integer(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts_cohort.id"], name=op.f("fk_cohorts_run_cohort_id_cohorts_cohort")
        ),
        sa.ForeignKeyConstraint(["day_id"], ["cohorts_day.id"], name=op.f("fk_cohorts_run_day_id_cohorts_day")),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["people_person.id"], name=op.f("fk_cohorts_run_facilitator_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["version_hash"], ["library_version.hash"], name=op.f("fk_cohorts_run_version_hash_library_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_run")),
    )
    with op.batch_alter_table("cohorts_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohorts_run_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohorts_run_day_id"), ["day_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohorts_run_facilitator_id"), ["facilitator_id"], unique=False)

    op.create_table(
        "cohorts_door",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["cohorts_run.id"], name=op.f("fk_cohorts_door_run_id_cohorts_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_door")),
    )
    with op.batch_alter_table("cohorts_door", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohorts_door_run_id"), ["run_id"], unique=False)
        batch_op.create_index(
            "uq_cohorts_door_open",
            ["code"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "uq_cohorts_door_run",
            ["run_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "cohorts_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["day_id"], ["cohorts_day.id"], name=op.f("fk_cohorts_seat_day_id_cohorts_day")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people_person.id"], name=op.f("fk_cohorts_seat_person_id_people_person")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["cohorts_run.id"], name=op.f("fk_cohorts_seat_run_id_cohorts_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_seat")),
    )
    with op.batch_alter_table("cohorts_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohorts_seat_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_cohorts_seat_run", ["run_id", "cancelled_at"], unique=False)
        batch_op.create_index(
            "uq_cohorts_seat_live",
            ["day_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("cancelled_at IS NULL"),
            postgresql_where=sa.text("cancelled_at IS NULL"),
        )

    op.create_table(
        "grading_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recalled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_grading_release_by_id_people_person")),
        sa.ForeignKeyConstraint(
            ["recalled_by_id"], ["people_person.id"], name=op.f("fk_grading_release_recalled_by_id_people_person")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["cohorts_run.id"], name=op.f("fk_grading_release_run_id_cohorts_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_release")),
    )
    with op.batch_alter_table("grading_release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grading_release_run_id"), ["run_id"], unique=False)

    op.create_table(
        "cohorts_arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("door_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["door_id"], ["cohorts_door.id"], name=op.f("fk_cohorts_arrival_door_id_cohorts_door")),
        sa.ForeignKeyConstraint(["seat_id"], ["cohorts_seat.id"], name=op.f("fk_cohorts_arrival_seat_id_cohorts_seat")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["people_session.id"], name=op.f("fk_cohorts_arrival_session_id_people_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_arrival")),
    )
    with op.batch_alter_table("cohorts_arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohorts_arrival_door_id"), ["door_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohorts_arrival_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(
            "uq_cohorts_arrival_live",
            ["seat_id"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "cohorts_block_read",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["cohorts_seat.id"], name=op.f("fk_cohorts_block_read_seat_id_cohorts_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts_block_read")),
        sa.UniqueConstraint("seat_id", "block", name=op.f("uq_cohorts_block_read_seat_id_block")),
    )
    op.create_table(
        "cohorts_presence",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('came <= "left"', name=op.f("ck_cohorts_presence_came_before_left")),
        sa.ForeignKeyConstraint(
            ["said_by"], ["people_person.id"], name=op.f("fk_cohorts_presence_said_by_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["cohorts_seat.id"], name=op.f("fk_cohorts_presence_seat_id_cohorts_seat")
        ),
        sa.PrimaryKeyConstraint("seat_id", name=op.f("pk_cohorts_presence")),
    )
    op.create_table(
        "completions_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("printed", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["cohorts_seat.id"], name=op.f("fk_completions_certificate_seat_id_cohorts_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completions_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_completions_certificate_code")),
    )
    with op.batch_alter_table("completions_certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_completions_certificate_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(
            "uq_completions_certificate_valid",
            ["seat_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND revoked_at IS NULL"),
        )

    op.create_table(
        "completions_completion",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("attended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["cohorts_seat.id"], name=op.f("fk_completions_completion_seat_id_cohorts_seat")
        ),
        sa.PrimaryKeyConstraint("seat_id", name=op.f("pk_completions_completion")),
    )
    op.create_table(
        "grading_grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("version_hash", sa.String(), nullable=False),
        sa.Column("rubric", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("revise", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people_person.id"], name=op.f("fk_grading_grade_author_id_people_person")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["grading_release.id"], name=op.f("fk_grading_grade_release_id_grading_release")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["cohorts_run.id"], name=op.f("fk_grading_grade_run_id_cohorts_run")),
        sa.ForeignKeyConstraint(["seat_id"], ["cohorts_seat.id"], name=op.f("fk_grading_grade_seat_id_cohorts_seat")),
        sa.ForeignKeyConstraint(
            ["version_hash"], ["library_version.hash"], name=op.f("fk_grading_grade_version_hash_library_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_grade")),
        sa.UniqueConstraint("handle", name=op.f("uq_grading_grade_handle")),
        sa.UniqueConstraint("kind", "submission_id", name=op.f("uq_grading_grade_kind_submission_id")),
    )
    with op.batch_alter_table("grading_grade", schema=None) as batch_op:
        batch_op.create_index("ix_grading_grade_run", ["run_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_grading_grade_seat_id"), ["seat_id"], unique=False)

    op.create_table(
        "reflections_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("reflection", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_hash", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["cohorts_seat.id"], name=op.f("fk_reflections_draft_seat_id_cohorts_seat")
        ),
        sa.ForeignKeyConstraint(
            ["version_hash"], ["library_version.hash"], name=op.f("fk_reflections_draft_version_hash_library_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflections_draft")),
        sa.UniqueConstraint(
            "seat_id", "reflection", "number", name=op.f("uq_reflections_draft_seat_id_reflection_number")
        ),
    )
    op.create_table(
        "reflections_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("reflection", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_hash", sa.String(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["cohorts_seat.id"], name=op.f("fk_reflections_submission_seat_id_cohorts_seat")
        ),
        sa.ForeignKeyConstraint(
            ["version_hash"],
            ["library_version.hash"],
            name=op.f("fk_reflections_submission_version_hash_library_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflections_submission")),
        sa.UniqueConstraint(
            "seat_id", "reflection", "number", name=op.f("uq_reflections_submission_seat_id_reflection_number")
        ),
    )
    op.create_table(
        "scenarios_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("version_hash", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["cohorts_seat.id"], name=op.f("fk_scenarios_attempt_seat_id_cohorts_seat")
        ),
        sa.ForeignKeyConstraint(
            ["version_hash"], ["library_version.hash"], name=op.f("fk_scenarios_attempt_version_hash_library_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios_attempt")),
        sa.UniqueConstraint("seat_id", "scenario", "number", name=op.f("uq_scenarios_attempt_seat_id_scenario_number")),
    )
    op.create_table(
        "grading_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grade_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_grading_event_by_id_people_person")),
        sa.ForeignKeyConstraint(
            ["grade_id"], ["grading_grade.id"], name=op.f("fk_grading_event_grade_id_grading_grade")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_event")),
        sa.UniqueConstraint("grade_id", "operation_id", name=op.f("uq_grading_event_grade_id_operation_id")),
        sa.UniqueConstraint("grade_id", "version", name=op.f("uq_grading_event_grade_id_version")),
    )
    op.create_table(
        "reflections_draft_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["reflections_draft.id"], name=op.f("fk_reflections_draft_event_draft_id_reflections_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflections_draft_event")),
        sa.UniqueConstraint("draft_id", "operation_id", name=op.f("uq_reflections_draft_event_draft_id_operation_id")),
        sa.UniqueConstraint("draft_id", "version", name=op.f("uq_reflections_draft_event_draft_id_version")),
    )
    op.create_table(
        "scenarios_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["scenarios_attempt.id"], name=op.f("fk_scenarios_event_attempt_id_scenarios_attempt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios_event")),
        sa.UniqueConstraint("attempt_id", "operation_id", name=op.f("uq_scenarios_event_attempt_id_operation_id")),
        sa.UniqueConstraint("attempt_id", "version", name=op.f("uq_scenarios_event_attempt_id_version")),
    )


def downgrade() -> None:
    op.drop_table("scenarios_event")
    op.drop_table("reflections_draft_event")
    op.drop_table("grading_event")
    op.drop_table("scenarios_attempt")
    op.drop_table("reflections_submission")
    op.drop_table("reflections_draft")
    with op.batch_alter_table("grading_grade", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grading_grade_seat_id"))
        batch_op.drop_index("ix_grading_grade_run")

    op.drop_table("grading_grade")
    op.drop_table("completions_completion")
    with op.batch_alter_table("completions_certificate", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_completions_certificate_valid",
            sqlite_where=sa.text("superseded_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_completions_certificate_seat_id"))

    op.drop_table("completions_certificate")
    op.drop_table("cohorts_presence")
    op.drop_table("cohorts_block_read")
    with op.batch_alter_table("cohorts_arrival", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cohorts_arrival_live",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_cohorts_arrival_seat_id"))
        batch_op.drop_index(batch_op.f("ix_cohorts_arrival_door_id"))

    op.drop_table("cohorts_arrival")
    with op.batch_alter_table("grading_release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grading_release_run_id"))

    op.drop_table("grading_release")
    with op.batch_alter_table("cohorts_seat", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cohorts_seat_live",
            sqlite_where=sa.text("cancelled_at IS NULL"),
            postgresql_where=sa.text("cancelled_at IS NULL"),
        )
        batch_op.drop_index("ix_cohorts_seat_run")
        batch_op.drop_index(batch_op.f("ix_cohorts_seat_person_id"))

    op.drop_table("cohorts_seat")
    with op.batch_alter_table("cohorts_door", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cohorts_door_run",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_cohorts_door_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_cohorts_door_run_id"))

    op.drop_table("cohorts_door")
    with op.batch_alter_table("cohorts_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohorts_run_facilitator_id"))
        batch_op.drop_index(batch_op.f("ix_cohorts_run_day_id"))
        batch_op.drop_index(batch_op.f("ix_cohorts_run_cohort_id"))

    op.drop_table("cohorts_run")
    with op.batch_alter_table("cohorts_roster_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohorts_roster_import_cohort_id"))

    op.drop_table("cohorts_roster_import")
    with op.batch_alter_table("cohorts_member", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cohorts_member_live",
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_cohorts_member_person_id"))

    op.drop_table("cohorts_member")
    with op.batch_alter_table("people_session", schema=None) as batch_op:
        batch_op.drop_index("ix_people_session_person")

    op.drop_table("people_session")
    with op.batch_alter_table("people_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_link_person_id"))

    op.drop_table("people_link")
    with op.batch_alter_table("people_identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_identity_person_id"))

    op.drop_table("people_identity")
    op.drop_table("library_live")
    with op.batch_alter_table("cohorts_membership", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cohorts_membership_live",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_cohorts_membership_employee",
            sqlite_where=sa.text("ended_at IS NULL AND employee_id IS NOT NULL AND role = 'learner'"),
            postgresql_where=sa.text("ended_at IS NULL AND employee_id IS NOT NULL AND role = 'learner'"),
        )
        batch_op.drop_index(batch_op.f("ix_cohorts_membership_person_id"))
        batch_op.drop_index("ix_cohorts_membership_organisation_role")

    op.drop_table("cohorts_membership")
    with op.batch_alter_table("cohorts_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohorts_day_organisation_id"))

    op.drop_table("cohorts_day")
    op.drop_table("cohorts_cohort")
    with op.batch_alter_table("people_throttle", schema=None) as batch_op:
        batch_op.drop_index("ix_people_throttle_window")

    op.drop_table("people_throttle")
    op.drop_table("people_site")
    with op.batch_alter_table("people_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_person_email"))

    op.drop_table("people_person")
    op.drop_table("people_organisation")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_message_group"))
        batch_op.drop_index("ix_outbox_message_due")

    op.drop_table("outbox_message")
    with op.batch_alter_table("library_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_library_version_slug"))

    op.drop_table("library_version")
    op.drop_table("library_picture")
