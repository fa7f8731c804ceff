from django.conf import settings
from django.db import migrations


def grant_all(apps, schema_editor):
    """Whoever could work in every channel before there were grants goes on doing so; only new people start with none."""
    grants = apps.get_model("accounts", "ChannelGrant").objects.using(schema_editor.connection.alias)
    people = apps.get_model("auth", "User").objects.using(schema_editor.connection.alias)
    model = grants.model
    rows = [model(user_id=pk, merchant="*", channel="*") for pk in people.values_list("pk", flat=True)]
    grants.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_channels_and_links"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [migrations.RunPython(grant_all, migrations.RunPython.noop)]
