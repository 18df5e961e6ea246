-- The audit log as a chain: each line holds the hash of itself and of the line before it in the same log.

ALTER TABLE audit ADD COLUMN address TEXT NOT NULL DEFAULT '';  -- where the request came from; empty: this machine
ALTER TABLE audit ADD COLUMN seq BIGINT;                        -- place in its log, from 1; set when its transaction ends
ALTER TABLE audit ADD COLUMN previous TEXT;                     -- hash of the line before it
ALTER TABLE audit ADD COLUMN hash TEXT;                         -- model::audit_chain::Chained::digest
CREATE UNIQUE INDEX audit_by_place ON audit (integration, seq);
CREATE INDEX audit_unchained ON audit (integration) WHERE seq IS NULL;

CREATE TABLE audit_chain (               -- one row a log; whoever adds a line holds it
    integration TEXT PRIMARY KEY,        -- empty: the log of what belongs to no integration
    seq BIGINT NOT NULL,                 -- place of the newest line
    hash TEXT NOT NULL,                  -- its hash
    removed_seq BIGINT NOT NULL,         -- place of the newest line that was removed for its age
    removed_hash TEXT NOT NULL           -- its hash, where what is left begins
);
