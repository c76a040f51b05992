from django.db import migrations

# Whoever may do more or less from now on signs in again (ASVS 7.4.2).
SESSIONS_END = """
CREATE OR REPLACE FUNCTION accounts_end_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' THEN
        DELETE FROM accounts_session WHERE user_id = NEW.id;
    ELSE
        DELETE FROM accounts_session WHERE user_id = OLD.user_id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER accounts_user_other_rights AFTER UPDATE ON accounts_user FOR EACH ROW
    WHEN ((OLD.is_active, OLD.is_staff, OLD.is_superuser)
        IS DISTINCT FROM (NEW.is_active, NEW.is_staff, NEW.is_superuser))
    EXECUTE FUNCTION accounts_end_sessions();

CREATE OR REPLACE TRIGGER accounts_user_groups_left AFTER DELETE ON accounts_user_groups FOR EACH ROW
    EXECUTE FUNCTION accounts_end_sessions();
"""
NO_SESSIONS_END = """
DROP TRIGGER accounts_user_other_rights ON accounts_user;
DROP TRIGGER accounts_user_groups_left ON accounts_user_groups;
DROP FUNCTION accounts_end_sessions();
"""

# The admin's log says which row was changed, by whom and when, and not how the row was called then: that is a
# name or an address, which would outlive the person's row. No page shows it.
LOG_NAMES_NOBODY = """
CREATE OR REPLACE FUNCTION accounts_name_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.object_repr := '';
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER accounts_admin_log_names_nobody BEFORE INSERT OR UPDATE ON django_admin_log
    FOR EACH ROW EXECUTE FUNCTION accounts_name_nobody();
"""
NO_LOG_NAMES_NOBODY = """
DROP TRIGGER accounts_admin_log_names_nobody ON django_admin_log;
DROP FUNCTION accounts_name_nobody();
"""


class Migration(migrations.Migration):
    """What holds whoever changes the tables: the admin, a shell, a command, plain SQL."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.RunSQL(SESSIONS_END, NO_SESSIONS_END),
        migrations.RunSQL(LOG_NAMES_NOBODY, NO_LOG_NAMES_NOBODY),
    ]
