from django.db import migrations

# In the database, so that it holds whoever changes the rights: the admin, a shell, a command, plain SQL.
FORWARD = """
CREATE FUNCTION accounts_end_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' THEN
        DELETE FROM accounts_session WHERE user_id = NEW.id;
    ELSE
        DELETE FROM accounts_session WHERE user_id = OLD.user_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER accounts_user_other_rights AFTER UPDATE ON accounts_user FOR EACH ROW
    WHEN ((OLD.is_active, OLD.is_staff, OLD.is_superuser)
        IS DISTINCT FROM (NEW.is_active, NEW.is_staff, NEW.is_superuser))
    EXECUTE FUNCTION accounts_end_sessions();

CREATE TRIGGER accounts_user_groups_left AFTER DELETE ON accounts_user_groups FOR EACH ROW
    EXECUTE FUNCTION accounts_end_sessions();
"""

BACK = """
DROP TRIGGER accounts_user_other_rights ON accounts_user;
DROP TRIGGER accounts_user_groups_left ON accounts_user_groups;
DROP FUNCTION accounts_end_sessions();
"""


class Migration(migrations.Migration):
    """Whoever may do more or less from now on signs in again (ASVS 7.4.2)."""

    dependencies = [("accounts", "0004_sessions_know_whose_they_are")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
