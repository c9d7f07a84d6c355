"""A private PostgreSQL and Valkey under var/, for a machine that has neither."""
