from django.db import migrations

PUBLISHED_NEVER_CHANGES = """
CREATE OR REPLACE FUNCTION assessments_instrument_published_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'published' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'instrument % % is published and never changes', OLD.slug, OLD.version
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER assessments_instrument_published_never_changes
    BEFORE UPDATE ON assessments_instrument
    FOR EACH ROW EXECUTE FUNCTION assessments_instrument_published_never_changes();
"""
NO_PUBLISHED_NEVER_CHANGES = """
DROP TRIGGER assessments_instrument_published_never_changes ON assessments_instrument;
DROP FUNCTION assessments_instrument_published_never_changes();
"""


class Migration(migrations.Migration):
    """The guard in `Instrument.save()` does not see an UPDATE by queryset or by hand; the database does."""

    dependencies = [("assessments", "0001_initial")]

    operations = [
        migrations.RunSQL(PUBLISHED_NEVER_CHANGES, NO_PUBLISHED_NEVER_CHANGES),
    ]
