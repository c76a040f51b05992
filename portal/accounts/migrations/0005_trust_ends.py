from django.db import migrations

# Trust ends with what it was given on: the second factor, the address, the rights. As sessions do, it ends
# whoever changes them. One factor less ends all of it: the browser may be on the phone that was lost.
TRUST_ENDS = """
CREATE OR REPLACE FUNCTION accounts_end_trust() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' THEN
        DELETE FROM accounts_trustedbrowser WHERE user_id = NEW.id;
    ELSE
        DELETE FROM accounts_trustedbrowser WHERE user_id = OLD.user_id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER accounts_user_no_longer_trusted AFTER UPDATE ON accounts_user FOR EACH ROW
    WHEN ((OLD.is_active, OLD.is_staff, OLD.is_superuser, OLD.email)
        IS DISTINCT FROM (NEW.is_active, NEW.is_staff, NEW.is_superuser, NEW.email))
    EXECUTE FUNCTION accounts_end_trust();

CREATE OR REPLACE TRIGGER accounts_user_groups_no_longer_trusted AFTER DELETE ON accounts_user_groups
    FOR EACH ROW EXECUTE FUNCTION accounts_end_trust();

CREATE OR REPLACE TRIGGER accounts_factor_removed AFTER DELETE ON mfa_authenticator FOR EACH ROW
    WHEN (OLD.type <> 'recovery_codes') EXECUTE FUNCTION accounts_end_trust();

CREATE OR REPLACE TRIGGER accounts_factor_replaced AFTER UPDATE ON mfa_authenticator FOR EACH ROW
    WHEN (OLD.type = 'totp' AND OLD.data IS DISTINCT FROM NEW.data) EXECUTE FUNCTION accounts_end_trust();
"""
TRUST_STAYS = """
DROP TRIGGER accounts_user_no_longer_trusted ON accounts_user;
DROP TRIGGER accounts_user_groups_no_longer_trusted ON accounts_user_groups;
DROP TRIGGER accounts_factor_removed ON mfa_authenticator;
DROP TRIGGER accounts_factor_replaced ON mfa_authenticator;
DROP FUNCTION accounts_end_trust();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_trusted_browser"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunSQL(TRUST_ENDS, TRUST_STAYS)]
