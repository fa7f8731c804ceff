from django.db import migrations, models


class Migration(migrations.Migration):
    """The table moves down from `orders`, as payments hold orders too. What was in it lives for a minute, and is left."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("holder", models.UUIDField()),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
