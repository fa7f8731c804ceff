"""The log's table, and what makes it append-only: the database itself refuses to change, remove or slip in an entry.

There is no way back: a migration that drops the log would be a way to lose it.
"""

from django.db import migrations, models

MESSAGE = "The audit log is append-only"
GENESIS = "0" * 64

# A replacing INSERT deletes without firing DELETE triggers on SQLite, so the one on INSERT has to see to both unique keys.
SQLITE = f"""
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, '{MESSAGE}: UPDATE is refused'); END;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, '{MESSAGE}: DELETE is refused'); END;
CREATE TRIGGER audit_entry_next BEFORE INSERT ON audit_entry
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit_entry)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM audit_entry ORDER BY sequence DESC LIMIT 1), '{GENESIS}')
  OR EXISTS (SELECT 1 FROM audit_entry WHERE attempt = NEW.attempt AND kind = NEW.kind)
BEGIN SELECT RAISE(ABORT, '{MESSAGE}: an entry must follow the last one'); END;
"""

POSTGRESQL = f"""
CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}: % is refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION audit_entry_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
  EXECUTE format('SELECT sequence, hash FROM %I.%I ORDER BY sequence DESC LIMIT 1', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO last;
  IF NEW.sequence IS DISTINCT FROM coalesce(last.sequence, 0) + 1
     OR NEW.previous IS DISTINCT FROM coalesce(last.hash, '{GENESIS}') THEN
    RAISE EXCEPTION '{MESSAGE}: an entry must follow the last one' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse();
CREATE TRIGGER audit_entry_next BEFORE INSERT ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_entry_follow();
"""


def make_append_only(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for statement in SQLITE.split("END;"):
            if statement.strip():
                schema_editor.execute(f"{statement}END;")
    elif vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
    else:
        raise NotImplementedError(f"The audit log has no triggers for {vendor}: it runs on SQLite and PostgreSQL.")


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("sequence", models.BigAutoField(primary_key=True, serialize=False)),
                ("form", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(choices=[("intent", "Intent"), ("outcome", "Outcome"), ("event", "Event")], max_length=8)),
                ("attempt", models.UUIDField(null=True)),
                ("username", models.CharField(blank=True, max_length=150)),
                ("user_id", models.BigIntegerField(null=True)),
                ("ip", models.CharField(blank=True, max_length=45)),
                ("agent", models.CharField(blank=True, max_length=200)),
                ("action", models.CharField(max_length=80)),
                ("order_id", models.CharField(blank=True, max_length=200)),
                ("merchant", models.CharField(blank=True, max_length=200)),
                ("channel", models.CharField(blank=True, max_length=200)),
                ("target", models.CharField(blank=True, max_length=300)),
                ("changes_json", models.TextField(db_column="changes")),
                ("outcome", models.CharField(blank=True, choices=[("done", "Done"), ("accepted", "Accepted"), ("refused", "Refused"), ("failed", "Failed"), ("unanswered", "No answer"), ("denied", "Denied")], max_length=10)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("code", models.CharField(blank=True, max_length=200)),
                ("message", models.TextField(blank=True)),
                ("request_id", models.CharField(blank=True, max_length=200)),
                ("details_json", models.TextField(db_column="details")),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("attempt", "kind"), name="audit_one_outcome_per_attempt")],
                "indexes": [
                    models.Index(fields=["at", "sequence"], name="audit_by_time"),
                    models.Index(fields=["order_id", "at", "sequence"], name="audit_by_order"),
                    models.Index(fields=["username", "at", "sequence"], name="audit_by_person"),
                    models.Index(fields=["action", "at", "sequence"], name="audit_by_action"),
                    models.Index(fields=["outcome", "at", "sequence", "attempt"], name="audit_by_outcome"),
                    models.Index(fields=["request_id", "at", "sequence"], name="audit_by_request"),
                ],
            },
        ),
        migrations.RunPython(make_append_only),
        migrations.AlterModelOptions(
            name="entry",
            options={
                "managed": False,
                "default_permissions": ("view",),
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
            },
        ),
    ]
