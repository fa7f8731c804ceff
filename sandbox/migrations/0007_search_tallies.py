from django.db import migrations, models

from sandbox import upkeep


def nothing(apps, schema_editor):
    """What the database does by itself is put in place after the last migration."""


def take_away(apps, schema_editor):
    upkeep.remove()


class Migration(migrations.Migration):

    dependencies = [
        ('sandbox', '0006_tallies'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merchant', models.CharField(max_length=200)),
                ('channel', models.CharField(max_length=200)),
                ('field', models.CharField(choices=[('search', 'Search'), ('billing_name', 'Billing Name'), ('shipping_name', 'Shipping Name')], max_length=13)),
                ('text', models.CharField(max_length=200)),
                ('orders', models.BigIntegerField()),
                ('value', models.BigIntegerField()),
                ('fresh', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('fresh', False)), fields=('merchant', 'channel', 'field', 'text'), name='sandbox_one_search_tally')],
            },
        ),
        migrations.RunPython(nothing, take_away),
    ]
