"""`manage.py verify_audit`: does the record of what happened hold?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import selectors


class Command(BaseCommand):
    """Recomputes the chain of seals and names the first entry or seal that does not hold."""

    help = "Check that no audit entry was changed, removed or slipped past its seal."

    def add_arguments(self, parser: CommandParser) -> None:
        """The hash of a seal that was written down elsewhere shows that the end of the chain was not cut off."""
        parser.add_argument("--expect", metavar="HASH", help="a hash noted earlier that the chain must still contain")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the verdict; a broken chain ends with an error."""
        verdict = selectors.verify()
        if verdict.fault:
            raise CommandError(f"The chain is broken: {verdict.fault.told()} (after {verdict.seals} good seals).")
        if options["expect"] and not selectors.has_seal(options["expect"]):
            raise CommandError("The chain is broken: the expected seal is not in it.")
        self.stdout.write(
            f"The chain holds: {verdict.entries} entries under {verdict.seals} seals, {verdict.waiting} waiting."
            f" Last seal: {verdict.last_hash or 'none yet'}"
        )
