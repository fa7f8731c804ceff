from django.db import migrations, models, transaction
from django.db.utils import DatabaseError

from index.words import EXTENSION
from payments.listing import words


def with_words(apps, schema_editor):
    """By each database's own means. Where the extension may not be made, texts are found without an index, and so
    slower (docs/index.md)."""
    if schema_editor.connection.vendor == "sqlite":
        for sql in words.ON_SQLITE:
            schema_editor.execute(sql)
        return
    try:
        with transaction.atomic():
            schema_editor.execute(EXTENSION)
    except DatabaseError:
        return
    for sql in words.ON_POSTGRESQL:
        schema_editor.execute(sql)


def without_words(apps, schema_editor):
    for sql in words.OFF_SQLITE if schema_editor.connection.vendor == "sqlite" else words.OFF_POSTGRESQL:
        schema_editor.execute(sql)


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0009_listing'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='execution',
            index=models.Index(fields=['payment_id'], name='execution_by_payment_id'),
        ),
        migrations.RunPython(with_words, without_words),
    ]
