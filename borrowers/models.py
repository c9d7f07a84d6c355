"""People who owe, how they may be reached, and the keys by which they are found: the only room with personal data."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from borrowers.blind_index import KeyKind
from borrowers.fields import EncryptedText
from rulebook.masking import mask_address, mask_email, mask_id_number, mask_name, mask_phone


class Source(models.TextChoices):
    """Where a number came from; one from anywhere else may not be used, so the import refuses it.

    The list is that of rule CN-WHO-06, after the China Banking Association guideline of 30 Jan 2026.
    """

    CONTRACT = "contract", _("Written in the contract")
    LEFT_BY_BORROWER = "left_by_borrower", _("Left by the borrower")
    AUTHORISED = "authorised", _("Authorised by the borrower")
    PUBLIC = "public", _("Published lawfully")
    RESERVED_CONTACT = "reserved_contact", _("Contact reserved with the lender")
    BUREAU_AUTHORISED = "bureau_authorised", _("From the credit bureau, with authorisation")


class Status(models.TextChoices):
    """Whether a way to reach somebody may still be used."""

    OK = "ok", _("In use")
    WRONG = "wrong", _("Wrong person")
    INVALID = "invalid", _("Does not exist")
    STOPPED = "stopped", _("Asked us to stop")


class Medium(models.TextChoices):
    """What a written message goes by."""

    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")


class Relation(models.TextChoices):
    """What a third party is to the borrower."""

    SPOUSE = "spouse", _("Spouse")
    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    SIBLING = "sibling", _("Brother or sister")
    RELATIVE = "relative", _("Relative")
    COLLEAGUE = "colleague", _("Colleague")
    FRIEND = "friend", _("Friend")
    OTHER = "other", _("Other")


class Borrower(models.Model):
    """A person who owes; everything that says who they are is encrypted."""

    borrower_no = models.CharField(_("borrower number"), max_length=40, unique=True)
    name = EncryptedText(_("name"))
    id_number = EncryptedText(_("ID number"))
    email = EncryptedText(_("e-mail"))
    email_status = models.CharField(_("status of the e-mail address"), max_length=10, choices=Status, default=Status.OK)
    language = models.CharField(_("language"), max_length=10)
    # Keyed digest of the whole row of the tape: has the lender sent something else under the same number?
    content_digest = models.CharField(max_length=32)
    created_at = models.DateTimeField(_("on file since"))

    class Meta:
        verbose_name = _("borrower")
        verbose_name_plural = _("borrowers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(email_status__in=Status.values), name="borrowers_borrower_email_status"
            ),
        ]

    def __str__(self) -> str:
        return self.borrower_no

    @property
    def masked_name(self) -> str:
        """张*"""
        return mask_name(self.name)

    @property
    def masked_id_number(self) -> str:
        """990000********0022"""
        return mask_id_number(self.id_number)

    @property
    def masked_email(self) -> str:
        """b***@example.test"""
        return mask_email(self.email)

    @property
    def masked_phone(self) -> str:
        """138****1234: the first phone on file; lists prefetch `phones`."""
        phones = sorted(self.phones.all(), key=lambda phone: phone.pk)
        return phones[0].masked_number if phones else ""

    @property
    def masked_address(self) -> str:
        """广东省深圳市****: the first address on file; lists prefetch `addresses`."""
        addresses = sorted(self.addresses.all(), key=lambda address: address.pk)
        return addresses[0].masked_street if addresses else ""


class Phone(models.Model):
    """A number of the borrower's own."""

    borrower = models.ForeignKey(Borrower, models.CASCADE, verbose_name=_("borrower"), related_name="phones")
    number = EncryptedText(_("number"))
    source = models.CharField(_("source"), max_length=20, choices=Source)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OK)

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="borrowers_phone_source"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="borrowers_phone_status"),
        ]

    def __str__(self) -> str:
        return f"phone {self.pk}"

    @property
    def masked_number(self) -> str:
        """138****1234"""
        return mask_phone(self.number)


class Address(models.Model):
    """Where the borrower may be visited; the district is open, so that visits can be planned, the street is not."""

    borrower = models.ForeignKey(Borrower, models.CASCADE, verbose_name=_("borrower"), related_name="addresses")
    province = models.CharField(_("province"), max_length=40)
    city = models.CharField(_("city"), max_length=40)
    street = EncryptedText(_("street"))
    source = models.CharField(_("source"), max_length=20, choices=Source)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OK)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="borrowers_address_source"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="borrowers_address_status"),
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"

    @property
    def masked_street(self) -> str:
        """广东省深圳市****"""
        return mask_address(self.street, province=self.province, city=self.city)

    @property
    def in_full(self) -> str:
        """The whole address in clear, as it is written on an envelope."""
        place = self.city if self.city == self.province else self.province + self.city
        return place + self.street


class ThirdParty(models.Model):
    """Somebody the borrower named, who may only be asked to locate or to relay."""

    borrower = models.ForeignKey(Borrower, models.CASCADE, verbose_name=_("borrower"), related_name="third_parties")
    name = EncryptedText(_("name"))
    relation = models.CharField(_("relation"), max_length=40, choices=Relation)
    number = EncryptedText(_("number"))
    source = models.CharField(_("source"), max_length=20, choices=Source)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OK)
    # Keyed digests of the tape's row: of who it is (borrower number, name, phone), which is on file once, and of all.
    identity_digest = models.CharField(max_length=32, unique=True)
    content_digest = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("third party")
        verbose_name_plural = _("third parties")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="borrowers_third_party_source"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="borrowers_third_party_status"),
        ]

    def __str__(self) -> str:
        return f"third party {self.pk}"

    @property
    def masked_name(self) -> str:
        """张*"""
        return mask_name(self.name)

    @property
    def masked_number(self) -> str:
        """138****1234"""
        return mask_phone(self.number)


class SearchKey(models.Model):
    """One digest under which a borrower is found; it cannot be turned back into what was typed."""

    borrower = models.ForeignKey(Borrower, models.CASCADE, verbose_name=_("borrower"), related_name="search_keys")
    kind = models.CharField(_("kind"), max_length=12, choices=KeyKind)
    digest = models.BinaryField()

    class Meta:
        verbose_name = _("search key")
        verbose_name_plural = _("search keys")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # selectors.search: who has one of these digests? A digest is made for one kind, so kind is not asked.
            models.UniqueConstraint(fields=["digest", "borrower"], name="borrowers_search_by_digest"),
        ]

    def __str__(self) -> str:
        return f"search key {self.pk}"


class OptOut(models.Model):
    """A borrower wants no more messages by one medium; it ends only when somebody lifts it with a reason."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="opt_outs")
    medium = models.CharField(_("medium"), max_length=5, choices=Medium)
    at = models.DateTimeField(_("since"))
    # The word they wrote, or who took it down.
    how = models.CharField(_("how they said it"), max_length=100)
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by_name = models.CharField(_("lifted by"), max_length=150, blank=True)
    lift_reason = models.CharField(_("why lifted"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("opt-out")
        verbose_name_plural = _("opt-outs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(medium__in=Medium.values), name="borrowers_optout_medium_known"),
            # The gate: who must not be written to by what.
            models.UniqueConstraint(
                fields=["borrower", "medium"],
                condition=models.Q(lifted_at=None),
                name="borrowers_optout_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.medium} {self.at:%Y-%m-%d}"
