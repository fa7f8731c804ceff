"""`manage.py serve` whose processes are replaced after so few requests that a test sees it:
`python -m tests.faults.recycling`."""

import os

import django

REQUESTS = 40

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    django.setup()
    from dashboard.management.commands.serve import Server

    class Recycling(Server):
        def load_config(self) -> None:
            super().load_config()
            self.cfg.set("max_requests", REQUESTS)
            self.cfg.set("max_requests_jitter", 0)

    Recycling().run()
