"""A run's seats are found by whether they are reported."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cohorts_seat", schema=None) as batch_op:
        batch_op.drop_index("ix_cohorts_seat_run")
        batch_op.create_index("ix_cohorts_seat_run", ["run_id", "cancelled_at", "reported"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("cohorts_seat", schema=None) as batch_op:
        batch_op.drop_index("ix_cohorts_seat_run")
        batch_op.create_index("ix_cohorts_seat_run", ["run_id", "cancelled_at"], unique=False)
