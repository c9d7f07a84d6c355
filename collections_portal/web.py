"""How gunicorn serves the portal under `make run`."""

import os
import signal

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from collections_portal.embedded.processes import die_with_parent

bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = 2
timeout = 120  # seconds; a tape is read in a task, so no page takes this long
graceful_timeout = 5
control_socket_disable = True


def post_fork(server: Arbiter, worker: Worker) -> None:
    """A worker whose master was killed would otherwise hold the port for a minute."""
    die_with_parent(signal.SIGTERM)
