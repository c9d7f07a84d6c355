"""The ways out of the house, all behind one protocol: e-mail by SMTP, SMS by HTTP, and files for the demo."""

from django.conf import settings

from reminders.gateways.files import FileGateway
from reminders.gateways.letters import Gateway, GatewayAway, Known, Letter, Memory, Result, Sent
from reminders.gateways.sms_http import SmsGateway
from reminders.gateways.smtp import SmtpGateway

__all__ = ["Gateway", "GatewayAway", "Known", "Letter", "Memory", "Result", "Sent", "gateway_for"]


def gateway_for(medium: str) -> Gateway:
    """The gateway that the settings name for `sms` or `email`; without one, files on this machine."""
    seconds = settings.GATEWAY_SECONDS
    if medium == "email" and settings.SMTP_URL:
        return SmtpGateway(settings.SMTP_URL, sender=settings.MESSAGES_FROM, seconds=seconds)
    if medium == "sms" and settings.SMS_URL:
        return SmsGateway(settings.SMS_URL, secret=settings.SMS_KEY, seconds=seconds)
    if medium in ("email", "sms"):
        return FileGateway(medium, sender=settings.MESSAGES_FROM)
    raise ValueError(f"No gateway carries {medium}.")
