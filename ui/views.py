"""The page around a list."""

from typing import Any, ClassVar

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django_tables2 import SingleTableView

from ui.forms import FilterForm
from ui.tables import CappedPaginator


class ListPage(PermissionRequiredMixin, SingleTableView):
    """A titled list with a filter form in the address and an empty state that says what to do next.

    A room sets `permission_required`, `table_class`, `title`, perhaps `filter_class`, `empty_title`, `empty_text`,
    and answers `rows()`. A template that extends `ui/list.html` adds actions.
    """

    template_name = "ui/list.html"
    # A role without the permission gets the 403 page instead of being sent to sign in again.
    raise_exception = True
    title: Any = ""
    lead: Any = ""
    filter_class: type[FilterForm] | None = None
    empty_title: Any = ""
    empty_text: Any = ""
    # Without it Django's own would count the whole table.
    paginator_class = CappedPaginator
    # Never `paginate_by`: django would page the rows, and the table would page that page again.
    table_pagination: ClassVar[dict[str, Any]] = {}

    def rows(self) -> QuerySet[Any]:
        """Everything the person may see, before the filter."""
        raise NotImplementedError

    @cached_property
    def filter_form(self) -> FilterForm | None:
        """The filter, filled from the address."""
        return self.filter_class(self.request.GET) if self.filter_class else None

    def get_queryset(self) -> QuerySet[Any]:
        """The rows after the filter; none while the filter has a mistake in it."""
        form = self.filter_form
        if form is None:
            return self.rows()
        return form.narrow(self.rows()) if form.is_valid() else self.rows().none()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template needs beside the table."""
        context: dict[str, Any] = super().get_context_data(
            title=self.title,
            lead=self.lead,
            filter_form=self.filter_form,
            empty_title=self.empty_title,
            empty_text=self.empty_text,
            **kwargs,
        )
        return context
