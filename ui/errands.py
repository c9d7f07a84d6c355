"""What a page asks a worker to do."""

import logging
from typing import Any

from celery import Task
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

NOT_PASSED_ON = _("The worker that does this cannot be reached, so it has not begun. Try again here in a few minutes.")


def ask_worker(request: HttpRequest, task: "Task[Any, Any]", *facts: Any) -> bool:
    """Have a worker do something; when it cannot be passed on, the next page says so, and the answer is False."""
    try:
        task.delay(*facts)
    except OperationalError:
        logger.error("The broker does not answer: %s was not passed on.", task.name)
        messages.error(request, NOT_PASSED_ON)
        return False
    return True
