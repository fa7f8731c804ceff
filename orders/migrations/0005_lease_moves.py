from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_sent_forms"), ("gateway", "0001_lease")]
    operations = [migrations.DeleteModel("Lease")]
