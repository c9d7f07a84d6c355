"""Reading imports: who may see which, and how far they have come."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import QuerySet
from redis.exceptions import RedisError

from intake.models import ImportRun
from staff.models import User

# Progress is forgotten after a day: nobody looks at it any more.
KEPT_FOR = 24 * 3600


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows done of rows in all."""

    done: int
    total: int


def runs_visible_to(user: User) -> QuerySet[ImportRun]:
    """The imports of the user's team; all of them for those who watch over everybody."""
    runs = ImportRun.objects.select_related("uploaded_by", "loaded_by", "team")
    if user.has_perm("portfolios.all"):
        return runs
    return runs.filter(team=user.team_id) if user.team_id else runs.none()


def progress_key(run_id: int, attempt: int) -> str:
    """Where the progress of one attempt is kept: in the cache, because the load's own transaction is still open."""
    return f"intake:progress:{run_id}:{attempt}"


def progress_of(run: ImportRun) -> Progress | None:
    """How far the present attempt has come; None when nobody has begun with it, or while the cache is away."""
    try:
        found = cache.get(progress_key(run.pk, run.attempt))
    except RedisError:
        return None
    return Progress(*found) if found else None
