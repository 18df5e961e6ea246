CREATE TABLE reconcile (                 -- how far an integration's incidents were compared with Flashduty's
    integration TEXT PRIMARY KEY,
    history_ms BIGINT,                   -- the history of webhooks was read up to here
    failures BIGINT NOT NULL,            -- runs that failed one after the other
    failure TEXT,                        -- the code of the last one; none when the last run succeeded
    ran_ms BIGINT NOT NULL               -- when the last run ended
);

ALTER TABLE link ADD COLUMN refresh_lease_ms BIGINT; -- somebody renews the credential until then at the latest
