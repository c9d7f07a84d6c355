from tests.committed import committed, emptied_by_us

__all__ = ["committed", "emptied_by_us"]
