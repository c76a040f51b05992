from django.db import migrations

CREATE = """
CREATE FUNCTION accounts_name_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.object_repr := '';
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_admin_log_names_nobody BEFORE INSERT OR UPDATE ON django_admin_log
    FOR EACH ROW EXECUTE FUNCTION accounts_name_nobody();
UPDATE django_admin_log SET object_repr = '';
"""
DROP = """
DROP TRIGGER accounts_admin_log_names_nobody ON django_admin_log;
DROP FUNCTION accounts_name_nobody();
"""


class Migration(migrations.Migration):
    """The admin's log says which row was changed, by whom and when, and not how the row was called then: that
    is a name or an address, which would outlive the person's row. No page shows it."""

    dependencies = [
        ("accounts", "0007_every_account_ends"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
