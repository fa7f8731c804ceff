"""Three indexes of orders have what a list is narrowed by besides, countries among it: each row on the way was looked up
for it.

Of indexes that are as good, SQLite takes the one that was made last: those of the few that a check finds are made anew,
or it would go through all of a channel for them.

For a million orders on SQLite half a minute of a core."""

from django.db import migrations, models

OF = ["merchant", "channel"]
FLAGS = (
    "is_not_captured", "is_not_covered", "is_held_for_nothing", "is_mismatch", "is_shipping_failed",
    "is_consent_missing", "is_twin",
)  # fmt: skip


def anew(old, index):
    return [
        migrations.RemoveIndex(model_name="indexedorder", name=old),
        migrations.AddIndex(model_name="indexedorder", index=index),
    ]


def of_few(flag, by):
    name = f"index_{by[:7]}{flag[2:]}"
    return anew(name, models.Index(fields=[*OF, by, "number"], condition=models.Q(**{flag: True}), name=name))


class Migration(migrations.Migration):

    dependencies = [
        ("index", "0011_events"),
    ]

    operations = [
        *anew(
            "index_by_status",
            models.Index(
                fields=[*OF, "status", "created", "number", "currency", "total", "payment_state", "country"],
                name="index_by_status",
            ),
        ),
        *anew(
            "index_by_payment_state",
            models.Index(
                fields=[*OF, "payment_state", "created", "number", "currency", "total", "status", "country"],
                name="index_by_payment_state",
            ),
        ),
        *anew(
            "index_by_total",
            models.Index(
                fields=[*OF, "currency", "total", "number", "status", "payment_state", "country", "created"],
                name="index_by_total_with",
            ),
        ),
        *(operation for flag in FLAGS for by in ("created", "status_since") for operation in of_few(flag, by)),
    ]
