from typing import Any

from django.db import migrations


def take_away(apps: Any, schema_editor: Any) -> None:
    """There is no export of orders, so nobody has a right to it."""
    rows = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    rows.filter(content_type__app_label="accounts", codename="export_orders").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_change_limit"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="access",
            options={
                "default_permissions": (),
                "managed": False,
                "permissions": [
                    ("view_order", "Can view order"),
                    ("change_address", "Can change address"),
                    ("change_consent", "Can change consent"),
                    ("change_reference", "Can change reference"),
                    ("add_note", "Can add note"),
                    ("change_state", "Can change state"),
                    ("change_attributes", "Can change attributes"),
                    ("change_cart", "Can change cart"),
                    ("change_shipping", "Can change shipping"),
                    ("change_payment", "Can change payment"),
                    ("add_transaction", "Can add transaction"),
                    ("change_callbacks", "Can change callbacks"),
                    ("create_order", "Can create order"),
                    ("delete_order", "Can delete order"),
                    ("manage_people", "Can manage people"),
                    ("execute_payment_action", "Can execute payment action"),
                    ("change_limit", "Can change limit"),
                    ("view_personal_data", "Can view personal data"),
                ],
            },
        ),
        migrations.RunPython(take_away, migrations.RunPython.noop),
    ]
