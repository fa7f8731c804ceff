from django.db import migrations, models

from index.migrations import _sums


def recount(apps, schema_editor):
    """From the rows: a minute or two for a million orders. Nothing to do where nothing is kept yet."""
    _sums.recount(apps)


def prefer_the_few(apps, schema_editor):
    """SQLite takes, of two indexes that seem as good to it, the one that was made last."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'index!_created!_%' ESCAPE '!'")
        found = cursor.fetchall()
    for name, sql in found:
        schema_editor.execute(f'DROP INDEX "{name}"')
        schema_editor.execute(sql)


class Migration(migrations.Migration):

    dependencies = [
        ('index', '0003_sorting'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='indexedorder',
            name='index_by_created',
        ),
        migrations.AddIndex(
            model_name='indexedorder',
            index=models.Index(fields=['merchant', 'channel', 'created', 'number', 'status', 'currency', 'total'], name='index_by_created_with'),
        ),
        migrations.RunPython(prefer_the_few, migrations.RunPython.noop),
        migrations.AddField(
            model_name='ordersum',
            name='gap',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='ordersum',
            name='held',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='ordersum',
            name='taken',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='ordersum',
            name='undeclared',
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunPython(recount, migrations.RunPython.noop),
    ]
