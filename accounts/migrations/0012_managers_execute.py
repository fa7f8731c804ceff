from django.db import DEFAULT_DB_ALIAS, migrations

from audit import log
from audit.actions import AuditAction

RIGHT = "execute_payment_action"
CAME_WITH = {
    "view_order", "change_address", "change_consent", "change_reference", "add_note",
    "change_state", "change_attributes", "change_cart", "change_shipping",
}  # fmt: skip


def give(apps, schema_editor):
    """Managers who are here already get what managers of a new desk have: they execute, up to a limit.

    Once, so that it stays away where an admin takes it away again; and not where an admin took something from the group
    before: whoever cut it down is not to find that it moves money. It stands in the log, as nobody pressed anything.
    """
    alias = schema_editor.connection.alias
    group = apps.get_model("auth", "Group").objects.using(alias).filter(name="manager").first()
    rights = apps.get_model("auth", "Permission").objects.using(alias).filter(content_type__app_label="accounts")
    right = rights.filter(codename=RIGHT).first()
    if group is None or right is None:  # a new desk, or one from before that right: the group gets it when it is made
        return
    has = set(group.permissions.filter(content_type__app_label="accounts").values_list("codename", flat=True))
    if RIGHT in has or not has >= CAME_WITH:
        return
    group.permissions.add(right)
    if alias == DEFAULT_DB_ALIAS:
        change = log.Change("rights", [], [f"accounts.{RIGHT}"])
        subject = log.Subject(target=group.name)
        log.event(log.Who.system("upgrade"), AuditAction.ROLE_CHANGE, subject, [change], mask=log.unmasked)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_single_keys'),
        ('audit', '0002_view_money_entry'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='access',
            options={'default_permissions': (), 'managed': False, 'permissions': [('view_order', 'Can view order'), ('change_address', 'Can change address'), ('change_consent', 'Can change consent'), ('change_reference', 'Can change reference'), ('add_note', 'Can add note'), ('change_state', 'Can change state'), ('change_attributes', 'Can change attributes'), ('change_cart', 'Can change cart'), ('change_shipping', 'Can change shipping'), ('execute_payment_action', 'Can execute payment action'), ('change_payment', 'Can change payment'), ('add_transaction', 'Can add transaction'), ('change_callbacks', 'Can change callbacks'), ('create_order', 'Can create order'), ('delete_order', 'Can delete order'), ('manage_people', 'Can manage people'), ('change_limit', 'Can change limit'), ('change_reasons', 'Can change reasons'), ('view_personal_data', 'Can view personal data')]},
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
