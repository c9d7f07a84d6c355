"""The rules of collecting as plain Python: no database, no clock, every function decided by its arguments."""
