"""Why a file cannot be read at all."""

from django.utils.translation import gettext as _


class UnreadableFile(Exception):
    """A file of a tape cannot be read; the message names the file and the place."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(_("%(file)s: %(why)s") % {"file": file, "why": why})
        self.file = file


class UnreadableTape(Exception):
    """A tape cannot be read; `problems` are sentences, each naming its file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
