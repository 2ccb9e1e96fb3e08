"""indexes that spare the table"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_engagement_business_named", "engagement_business", ["business_record_id", "engagement_id"])
    op.drop_index("ix_engagement_business_business_record_id", table_name="engagement_business")
    op.create_index("ix_participant_took", "participant", ["person_record_id", "engagement_id", "took_part", "stated"])
    op.drop_index("ix_participant_person_record_id", table_name="participant")


def downgrade() -> None:
    op.create_index("ix_participant_person_record_id", "participant", ["person_record_id"])
    op.drop_index("ix_participant_took", table_name="participant")
    op.create_index("ix_engagement_business_business_record_id", "engagement_business", ["business_record_id"])
    op.drop_index("ix_engagement_business_named", table_name="engagement_business")
