from django.db import migrations

# Whoever writes, moves or deletes lines, one or thousands at once: the contact knows the newest that is left.
KEPT = """
    CREATE FUNCTION leads_keep_last_event() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE leads_lead SET last_event_at = (
            SELECT max(created_at) FROM leads_leadevent WHERE lead_id = leads_lead.id
        ) WHERE id IN (SELECT DISTINCT lead_id FROM changed);
        RETURN NULL;
    END $$;
    CREATE TRIGGER leads_last_event_written AFTER INSERT ON leads_leadevent
        REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION leads_keep_last_event();
    CREATE TRIGGER leads_last_event_moved AFTER UPDATE ON leads_leadevent
        REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION leads_keep_last_event();
    CREATE TRIGGER leads_last_event_deleted AFTER DELETE ON leads_leadevent
        REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION leads_keep_last_event();
    UPDATE leads_lead SET last_event_at = (SELECT max(created_at) FROM leads_leadevent WHERE lead_id = leads_lead.id);
"""
NOT_KEPT = """
    DROP TRIGGER leads_last_event_written ON leads_leadevent;
    DROP TRIGGER leads_last_event_moved ON leads_leadevent;
    DROP TRIGGER leads_last_event_deleted ON leads_leadevent;
    DROP FUNCTION leads_keep_last_event();
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0008_find_among_many")]
    operations = [migrations.RunSQL(KEPT, NOT_KEPT)]
