from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from audit.append_only import append_only

# Every new entry also waits for its seal, whoever wrote it and however: a transition table sees bulk inserts too.
QUEUE = """
CREATE FUNCTION audit_wait_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending (entry_id) SELECT id FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER wait_for_seal AFTER INSERT ON audit_auditentry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION audit_wait_for_seal();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("audit", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        append_only("audit_auditentry"),
        append_only("audit_seal"),
        migrations.RunSQL(
            sql=QUEUE,
            reverse_sql="DROP TRIGGER wait_for_seal ON audit_auditentry; DROP FUNCTION audit_wait_for_seal();",
        ),
    ]
