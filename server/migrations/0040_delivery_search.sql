-- What was sent to one group or person, newest first.

CREATE INDEX delivery_by_target ON delivery (integration, target, created_ms, id);
