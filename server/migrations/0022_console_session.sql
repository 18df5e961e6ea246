-- Sessions of the console, each with a role; one-time links for either role; who is an administrator at Flashduty.

ALTER TABLE console_link ADD COLUMN role TEXT NOT NULL DEFAULT 'administrator';

ALTER TABLE member ADD COLUMN is_admin BIGINT NOT NULL DEFAULT 0;

CREATE TABLE console_session (
    id TEXT PRIMARY KEY,                 -- SHA-256 of the cookie's value
    integration TEXT NOT NULL,           -- empty: all integrations
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    role TEXT NOT NULL,                  -- administrator, observer
    ground TEXT NOT NULL,                -- link, grant, flashduty
    checked_ms BIGINT NOT NULL,          -- when Flashduty last said that its person may
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX console_session_by_user ON console_session (integration, user_id);

INSERT INTO console_session (id, integration, user_id, user_name, role, ground, checked_ms, created_ms, expires_ms)
    SELECT id, '', user_id, user_name, 'administrator', 'link', created_ms, created_ms, expires_ms FROM session
    WHERE integration = '';
DELETE FROM session WHERE integration = '';
