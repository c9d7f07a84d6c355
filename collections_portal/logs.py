"""One line of JSON per event, on standard output, without anything that a person typed.

Log numbers and references, never names, phones or free text: logs travel further than the database does.
"""

import logging.config
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# A message of these holds SQL with its values, or a request line with what was searched for.
TOO_TALKATIVE = ("django.db.backends", "django.request", "django.security", "django.server", "gunicorn.access")


def configure(level: str, *, full_errors: bool) -> None:
    """Send every logger of the process through the same short chain; `full_errors` is for a developer's own machine."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if full_errors else where_it_failed,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["out"], "level": level},
            "loggers": {name: {"level": "ERROR"} for name in TOO_TALKATIVE},
        }
    )


def where_it_failed(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """An error as its kind and its places: its message may quote a borrower's row."""
    failure = event.pop("exc_info", None)
    if failure is True:
        failure = sys.exc_info()
    if isinstance(failure, BaseException):
        failure = (type(failure), failure, failure.__traceback__)
    if failure and failure[0]:
        event["error"] = f"{failure[0].__module__}.{failure[0].__qualname__}"
        event["at"] = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(failure[2])[-5:]]
    return event
