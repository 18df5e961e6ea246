-- One text for SQLite and PostgreSQL. TEXT, BIGINT and DOUBLE PRECISION only; times are Unix milliseconds (…_ms); flags
-- are 0/1; structures are JSON text; what is secret is sealed before it comes here (…_sealed).

CREATE TABLE integration (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    corp_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    account_id BIGINT,                   -- Flashduty account, known after the first call with the service key
    settings TEXT NOT NULL,              -- JSON: model::integration::Settings, nothing secret
    secrets_sealed TEXT NOT NULL,        -- JSON: model::integration::Secrets
    checked_ms BIGINT,                   -- last check_url opened
    webhook_ms BIGINT,                   -- last webhook accepted
    webhook_header_ms BIGINT,            -- last webhook that carried the secret header; from then on it is demanded
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE oauth_client (
    integration TEXT PRIMARY KEY,
    issuer TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client_secret_sealed TEXT,
    created_ms BIGINT NOT NULL
);

CREATE TABLE link (
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    user_id TEXT NOT NULL,               -- DingTalk employee
    user_name TEXT NOT NULL,
    union_id TEXT,
    member_id BIGINT NOT NULL,           -- Flashduty member
    member_name TEXT NOT NULL,
    account_id BIGINT NOT NULL,          -- Flashduty account
    account_name TEXT NOT NULL,
    proof TEXT NOT NULL,                 -- oauth | app-key | directory
    credential_sealed TEXT,
    state TEXT NOT NULL,                 -- linked | broken
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX link_by_user ON link (integration, user_id);
CREATE UNIQUE INDEX link_by_member ON link (integration, member_id);
CREATE INDEX link_by_time ON link (integration, created_ms, id);

CREATE TABLE link_attempt (
    id TEXT PRIMARY KEY,                 -- SHA-256 of the id in the address
    integration TEXT NOT NULL,
    body_sealed TEXT NOT NULL,           -- JSON: model::link_attempt::LinkAttempt
    expires_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX link_attempt_by_expiry ON link_attempt (expires_ms);

CREATE TABLE session (
    id TEXT PRIMARY KEY,                 -- SHA-256 of the cookie's value
    integration TEXT NOT NULL,           -- empty for a console session
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX session_by_expiry ON session (expires_ms);
CREATE INDEX session_by_user ON session (integration, user_id);

CREATE TABLE console_link (
    id TEXT PRIMARY KEY,                 -- SHA-256 of the code in the address
    expires_ms BIGINT NOT NULL
);

CREATE TABLE api_token (
    id TEXT PRIMARY KEY,                 -- SHA-256 of the token
    name TEXT NOT NULL,
    role TEXT NOT NULL,                  -- administrator | observer
    created_ms BIGINT NOT NULL
);

CREATE TABLE chat (
    id TEXT PRIMARY KEY,                 -- ours, short; used in addresses
    integration TEXT NOT NULL,
    open_conversation_id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,          -- in small letters, for searching: the databases fold differently
    state TEXT NOT NULL,                 -- installed | uninstalled | disbanded
    robot_code TEXT,
    cool_app_code TEXT,
    robot_secret TEXT NOT NULL,          -- for the robot push address; useless without the database's other half
    installed_ms BIGINT NOT NULL,        -- time of the newest install or uninstall event applied
    titled_ms BIGINT NOT NULL,           -- time of the newest title applied
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX chat_by_conversation ON chat (integration, open_conversation_id);

CREATE TABLE subscription (
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    rule TEXT NOT NULL,                  -- JSON: model::subscription::Rule
    created_ms BIGINT NOT NULL
);
CREATE INDEX subscription_by_chat ON subscription (integration, chat_id);
CREATE INDEX subscription_by_id ON subscription (integration, id);

CREATE TABLE incident (
    integration TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,                  -- JSON: model::incident::Incident
    progress TEXT NOT NULL,
    event_ms BIGINT NOT NULL,            -- time of the newest event applied
    act_lease_ms BIGINT,                 -- somebody's act is being carried out until then at the latest
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (integration, id)
);
CREATE INDEX incident_open ON incident (integration, event_ms, id) WHERE progress <> 'Closed';

CREATE TABLE card (
    out_track_id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    target_kind TEXT NOT NULL,           -- chat | person
    target TEXT NOT NULL,                -- chat.id or the employee's user id
    delivered BIGINT NOT NULL,           -- 1 once DingTalk has it
    shown TEXT NOT NULL,                 -- JSON of the public values DingTalk was given last
    noticed TEXT NOT NULL,               -- JSON list of model::card::Noticed: who sees a private notice
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX card_by_incident ON card (integration, incident_id);

CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    target_kind TEXT NOT NULL,           -- chat | person | member (a responder nobody in DingTalk is linked to)
    target TEXT NOT NULL,
    target_name TEXT NOT NULL,
    reason TEXT NOT NULL,                -- incident
    state TEXT NOT NULL,                 -- waiting | done | failed
    outcome TEXT NOT NULL,
    code TEXT NOT NULL,                  -- DingTalk's code of the last attempt
    message TEXT NOT NULL,
    request_id TEXT NOT NULL,
    text TEXT NOT NULL,                  -- what its reader sees in the chat list
    attempts BIGINT NOT NULL,
    cost BIGINT NOT NULL,                -- counted calls spent
    next_ms BIGINT,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX delivery_once ON delivery (integration, incident_id, target_kind, target, reason);
CREATE INDEX delivery_by_time ON delivery (integration, created_ms, id);
CREATE INDEX delivery_by_outcome ON delivery (integration, outcome, created_ms, id);

CREATE TABLE attempt (
    delivery_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    request_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (delivery_id, number)
);

CREATE TABLE inbox (
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    source TEXT NOT NULL,                -- event | webhook
    event_id TEXT NOT NULL,
    body TEXT NOT NULL,
    received_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    lease_until_ms BIGINT,
    attempts BIGINT NOT NULL,
    done_ms BIGINT,
    failure TEXT
);
CREATE UNIQUE INDEX inbox_once ON inbox (integration, source, event_id);
CREATE INDEX inbox_due ON inbox (done_ms, due_ms);

CREATE TABLE task (
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    kind TEXT NOT NULL,                  -- JSON: model::task::TaskKind
    dedup TEXT NOT NULL,                 -- one waiting task of a kind; a second request only moves it earlier
    due_ms BIGINT NOT NULL,
    lease_until_ms BIGINT,
    again_ms BIGINT,                     -- earliest time asked for while somebody has it: it waits for that afterwards
    attempts BIGINT NOT NULL,
    failure TEXT,                        -- why it is dead; a dead task is never leased
    created_ms BIGINT NOT NULL,
    version BIGINT NOT NULL              -- grows with each lease, so that only the newest holder ends it
);
CREATE UNIQUE INDEX task_once ON task (dedup);
CREATE INDEX task_due ON task (due_ms);

CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,                -- JSON, never a secret
    at_ms BIGINT NOT NULL
);
CREATE INDEX audit_by_time ON audit (integration, at_ms, id);

CREATE TABLE probe (                     -- one row, written to see whether the database takes any
    id TEXT PRIMARY KEY,
    at_ms BIGINT NOT NULL
);
