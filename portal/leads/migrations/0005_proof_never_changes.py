from django.db import migrations

PROOF_NEVER_CHANGES = """
CREATE OR REPLACE FUNCTION leads_proof_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF current_setting('leads.proof_is_out_of_use', true) = 'yes' THEN
            RETURN OLD;
        END IF;
    ELSIF NEW.lead_id IS NULL AND NEW.about IN ('', OLD.about) THEN
        OLD.lead_id := NULL;
        OLD.about := NEW.about;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'consent % is proof and never changes', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER leads_proof_never_changes
    BEFORE UPDATE OR DELETE ON leads_consentevent
    FOR EACH ROW EXECUTE FUNCTION leads_proof_never_changes();
"""
NO_PROOF_NEVER_CHANGES = """
DROP TRIGGER leads_proof_never_changes ON leads_consentevent;
DROP FUNCTION leads_proof_never_changes();
"""


class Migration(migrations.Migration):
    """What somebody said yes or no to is added to, never changed: by code, by hand or by queryset. An erasure may
    take the person out of it, and the retention may delete what is out of use."""

    dependencies = [("leads", "0004_consent_about")]

    operations = [
        migrations.RunSQL(PROOF_NEVER_CHANGES, NO_PROOF_NEVER_CHANGES),
    ]
