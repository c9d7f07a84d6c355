"""`python -m bench [SUITE ...]`: every suite, or some; a table, var/bench.json, and exit code 1 for a missed goal."""

import datetime as dt
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import django
from django.core.management import call_command

from bench.measure import Ratio, table
from collections_portal.embedded.private import be_private
from collections_portal.environment import var_dir


def main(names: Sequence[str]) -> int:
    """Measure on servers of its own and tell."""
    results = var_dir() / "bench.json"
    suites = ready().SUITES
    unknown = [name for name in names if name not in suites]
    if unknown:
        print(f"There is no suite {', '.join(unknown)}; there are {', '.join(suites)}.", file=sys.stderr)
        return 2
    ratios: list[Ratio] = []
    for name, suite in suites.items():
        if not names or name in names:
            print(f"{name} ...", file=sys.stderr, flush=True)
            ratios.extend(suite())
    print(table(ratios))
    keep(ratios, results)
    return 0 if all(ratio.ok for ratio in ratios) else 1


def ready() -> ModuleType:
    """Start servers with empty tables, then read the suites, which need them."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)  # nobody's data is measured
    be_private("portal-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "collections_portal.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from bench import suites  # noqa: PLC0415 - models can be read only now

    return suites


def keep(ratios: Sequence[Ratio], path: Path) -> None:
    """Write the ratios down for a machine, with what they were measured on."""
    about = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "ok": all(ratio.ok for ratio in ratios),
        "ratios": [ratio.as_json() for ratio in ratios],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    print(f"Kept in {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
