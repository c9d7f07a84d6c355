"""Why a file cannot be read at all."""

from intake.facts import Finding


class UnreadableFile(Exception):
    """A file of a tape cannot be read; the finding names the file, the rule and, where there is one, the line."""

    def __init__(self, file: str, rule: str, *, line: int = 0, **details: str) -> None:
        super().__init__(f"{file}: {rule}")
        self.finding = Finding(file, line, "", "", rule, tuple(details.items()))


class UnreadableTape(Exception):
    """One or more files of a tape cannot be read, so nothing can be said about the rows of the others."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(f"{finding.file}: {finding.rule}" for finding in findings))
        self.findings = findings
