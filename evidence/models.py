"""What was kept of each file; its bytes lie sealed on disk, and the database refuses to change a row."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FileType(models.TextChoices):
    """What may be kept, told by what a file holds and never by its name."""

    JPEG = "image/jpeg", _("photo (JPEG)")
    PNG = "image/png", _("picture (PNG)")
    WEBP = "image/webp", _("picture (WebP)")
    PDF = "application/pdf", _("document (PDF)")
    ZIP = "application/zip", _("archive (ZIP)")


PHOTOS = frozenset({FileType.JPEG.value, FileType.PNG.value, FileType.WEBP.value})


class StoredFile(models.Model):
    """One file that must not change: the hash of what it holds, and where its sealed bytes lie."""

    # Of the content in clear: whoever has the file elsewhere can compare.
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=20, choices=FileType)
    # What the owning room calls it; never the name an upload came with, which may say whose it is.
    name = models.CharField(_("file"), max_length=120)
    kept_at = models.DateTimeField(_("kept"))
    kept_by_name = models.CharField(_("kept by"), max_length=150, blank=True)
    # Its place on disk; random, so that the disk says nothing of what it holds.
    key = models.CharField(max_length=32, unique=True)

    class Meta:
        verbose_name = _("kept file")
        verbose_name_plural = _("kept files")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(content_type__in=FileType.values), name="evidence_file_type_known"),
        ]

    def __str__(self) -> str:
        return f"E{self.pk:08d}"

    @property
    def is_photo(self) -> bool:
        """Whether a page can show it as a picture."""
        return self.content_type in PHOTOS
