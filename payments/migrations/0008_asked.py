from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('payments', '0007_reasons'),
    ]

    operations = [
        migrations.AddField(
            model_name='execution',
            name='taken_by',
            field=models.ForeignKey(
                null=True, on_delete=models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name='execution',
            name='taken_by_name',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='execution',
            name='taken_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='execution',
            name='taken_note',
            field=models.TextField(blank=True, default=''),
        ),
    ]
