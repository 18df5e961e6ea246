-- Work notices: what was asked for, the calls it goes out in, its people, and what DingTalk's limits of a day count.

CREATE TABLE work_notice (
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    incident_id TEXT NOT NULL,           -- empty where a program asked for it
    content TEXT NOT NULL,               -- JSON: model::work_notice::Content
    actor TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    recalled_ms BIGINT
);
CREATE INDEX work_notice_by_time ON work_notice (integration, created_ms, id);

CREATE TABLE work_notice_batch (
    id TEXT PRIMARY KEY,
    notice_id TEXT NOT NULL,
    integration TEXT NOT NULL,
    incident_id TEXT NOT NULL,           -- as its notice's
    state TEXT NOT NULL,                 -- waiting | sending | sent | failed | recalled
    task_id TEXT NOT NULL,               -- DingTalk's; empty before it took the batch
    bar TEXT NOT NULL,                   -- colour and text its status bar was given last; empty without one
    attempts BIGINT NOT NULL,
    asked BIGINT NOT NULL,               -- times its result was asked for
    sent_ms BIGINT,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX work_notice_batch_by_notice ON work_notice_batch (notice_id, created_ms, id);
CREATE INDEX work_notice_batch_by_incident ON work_notice_batch (integration, incident_id);

CREATE TABLE work_notice_person (        -- one for each delivery of a notice
    delivery_id TEXT PRIMARY KEY,
    notice_id TEXT NOT NULL,
    batch_id TEXT NOT NULL,              -- the newest batch they are in; empty while in none
    user_id TEXT NOT NULL,               -- empty: everybody
    sends BIGINT NOT NULL                -- times it was sent to them
);
CREATE INDEX work_notice_person_by_batch ON work_notice_person (batch_id);
CREATE INDEX work_notice_person_by_notice ON work_notice_person (notice_id, delivery_id);

CREATE TABLE work_notice_app (           -- one row an app: whoever reserves holds it, so that counting is exact
    app TEXT PRIMARY KEY,                -- Client ID
    version BIGINT NOT NULL
);

CREATE TABLE work_notice_day (           -- what was sent to whom on a day
    app TEXT NOT NULL,
    day BIGINT NOT NULL,                 -- days since 1970, in UTC+8
    user_id TEXT NOT NULL,               -- empty: everybody
    hash TEXT NOT NULL,                  -- SHA-256 of the text
    batch_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (app, day, user_id, hash)
);
CREATE INDEX work_notice_day_by_time ON work_notice_day (app, at_ms);
CREATE INDEX work_notice_day_by_batch ON work_notice_day (batch_id);
