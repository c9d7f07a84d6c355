"""Closing letters, which the portal writes by itself."""

import datetime as dt
import logging

from cases.night_services import BROKEN
from contacts.letter_models import LetterKind
from contacts.letter_services import LetterRefused
from letters.selectors import cases_without_closing_letter
from letters.services import write

logger = logging.getLogger(__name__)


def write_closing_letters(*, on: dt.date, at: dt.datetime) -> int:
    """Write one letter for each case that ended well and has none; says how many. Run again, it writes none twice.

    Whoever cannot be written to, such as for want of an address, gets none and stands above the list of letters. A
    case in which something fails keeps none of the others waiting; it is tried again with the next sweep.
    """
    written = 0
    for case in list(cases_without_closing_letter(on)):
        try:
            write(case=case, kind=LetterKind.CLOSING, by=None, on=on, at=at)
            written += 1
        except LetterRefused:
            continue
        except BROKEN:
            raise
        except Exception:
            logger.warning("No closing letter could be written for case %s.", case, exc_info=True)
    return written
