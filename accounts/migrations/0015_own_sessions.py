import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

BATCH = 500


def move(apps, schema_editor):
    """Who is signed in stays so. Nothing of a person is left in Django's own table."""
    from accounts.session_store import SessionStore

    old, new, users = (
        apps.get_model(label) for label in ("sessions.Session", "accounts.Session", "auth.User")
    )
    using, decode = schema_editor.connection.alias, SessionStore().decode
    known = set(users.objects.using(using).values_list("pk", flat=True))
    made = []
    for row in old.objects.using(using).filter(expire_date__gt=timezone.now()).iterator(BATCH):
        person = decode(row.session_data).get("_auth_user_id", "")
        person = int(person) if str(person).isdecimal() and int(person) in known else None
        made.append(new(session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date,
                        user_id=person, mark=uuid.uuid4()))
    new.objects.using(using).bulk_create(made, BATCH)
    old.objects.using(using).all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_second_factor'),
        ('sessions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('mark', models.UUIDField(db_index=True, default=uuid.uuid4)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={'default_permissions': ()},
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
