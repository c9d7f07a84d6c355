#!/usr/bin/env python3
"""Django's command line for the portal; it brings its own database when none is named."""

import importlib.util
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collections_portal.settings")
VENV_PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"


def main() -> None:
    """Run one command; a refusal is one line, and a reader that went away is no error."""
    # Imported here: whoever starts us with another Python has just been sent to the right one.
    from collections_portal.command_line import run  # noqa: PLC0415

    run(sys.argv)


if __name__ == "__main__":
    if importlib.util.find_spec("django") is None:
        if not VENV_PYTHON.exists():
            sys.exit("Nothing is installed yet: `make setup` does it.")
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606 - our own Python
    main()
