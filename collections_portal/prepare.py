"""`python -m collections_portal.prepare`: what the portal needs before it can answer."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connections

from collections_portal import translations
from collections_portal.environment import BASE_DIR, var_dir
from collections_portal.guarded import LOGINS, PIDS


def main() -> None:
    """Tables, translations, static files, and the demo in an empty database. Each step does nothing when it is done."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collections_portal.settings")
    translations.compile_changed(BASE_DIR / "locale")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if static_changed(Path(settings.STATIC_ROOT) / "staticfiles.json"):
        call_command("collectstatic", interactive=False, verbosity=0)
    if settings.DEBUG:
        call_command("demo", if_empty=True, loans=settings.DEMO_LOANS)
        logins = var_dir() / PIDS / LOGINS
        if not logins.exists():  # passwords are slow to check, by design
            write_logins(logins)
    connections.close_all()


def static_changed(collected: Path) -> bool:
    """Whether a source of the static files is newer than what was collected from them."""
    if not collected.exists():
        return True
    sources = (Path(store.path(name)) for finder in get_finders() for name, store in finder.list([]))
    return any(source.stat().st_mtime > collected.stat().st_mtime for source in sources)


def write_logins(path: Path) -> None:
    """One demo login of each role that still has the demo password, for the greeting."""
    path.parent.mkdir(exist_ok=True)
    roles: dict[str, str] = {}
    for person in get_user_model().objects.filter(is_active=True).order_by("username"):
        label = str(person.get_role_display())
        if label not in roles and person.check_password(settings.DEMO_PASSWORD):
            roles[label] = person.get_username()
    lines = [f"  {label:<20} {username} / {settings.DEMO_PASSWORD}\n" for label, username in roles.items()]
    path.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except CommandError as refusal:
        sys.exit(f"make run: {refusal}")
