-- What one person did, and every line of one kind, newest first.

CREATE INDEX audit_by_actor ON audit (integration, actor, at_ms, id);
CREATE INDEX audit_by_act ON audit (integration, act, at_ms, id);
