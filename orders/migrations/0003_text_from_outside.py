from django.db import migrations, models


def end_leases(apps, schema_editor):
    """Their keys may be longer than the column will be; none is good for more than a minute."""
    apps.get_model("orders", "Lease").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [("orders", "0002_notes")]

    operations = [
        migrations.RunPython(end_leases, migrations.RunPython.noop),
        migrations.AlterField("lease", "key", models.CharField(max_length=64, primary_key=True, serialize=False)),
        migrations.AlterField("note", "author_name", models.TextField()),
    ]
