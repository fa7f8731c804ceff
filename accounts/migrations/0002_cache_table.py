from django.core.management import call_command
from django.db import migrations


def create_table(apps, schema_editor):
    """The table of the cache in settings, made here so that nobody has to remember `createcachetable`."""
    call_command("createcachetable", "orderdesk_cache", database=schema_editor.connection.alias, verbosity=0)


def drop_table(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE IF EXISTS {schema_editor.quote_name('orderdesk_cache')}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people")]
    operations = [migrations.RunPython(create_table, drop_table)]
