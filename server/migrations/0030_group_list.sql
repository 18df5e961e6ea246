-- The console lists groups, the newest first; who may change what is sent to one is its owner.
CREATE INDEX chat_by_time ON chat (integration, created_ms, id);
ALTER TABLE chat_health ADD COLUMN owner TEXT;   -- employee's user id, as last read
