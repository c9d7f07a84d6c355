#!/usr/bin/env python3
"""Django's command line for the portal; it brings its own database when none is named."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from collections_portal.embedded.lease import servers
from collections_portal.embedded.processes import ServerRefused

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collections_portal.settings")

if __name__ == "__main__":
    try:
        with servers():
            execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, ServerRefused) as refusal:
        sys.exit(f"{sys.argv[0]}: {refusal}")
