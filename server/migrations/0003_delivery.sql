-- What each attempt sent, cost and took; when a delivery was last asked for anew, and what may be done with it.

ALTER TABLE delivery ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;       -- attempts since it was last asked for
ALTER TABLE delivery ADD COLUMN asked_ms BIGINT;                       -- when somebody last asked for it anew
ALTER TABLE delivery ADD COLUMN copies BIGINT NOT NULL DEFAULT 0;      -- times it was sent anew although it may be there
ALTER TABLE delivery ADD COLUMN repeatable BIGINT NOT NULL DEFAULT 1;  -- 0: sending again could show it twice
ALTER TABLE delivery ADD COLUMN may_be_there BIGINT NOT NULL DEFAULT 0;  -- 1: an attempt ended unclear
ALTER TABLE delivery ADD COLUMN search TEXT NOT NULL DEFAULT '';       -- in small letters, for searching

ALTER TABLE attempt ADD COLUMN text TEXT NOT NULL DEFAULT '';          -- what was sent, as its reader sees it
ALTER TABLE attempt ADD COLUMN cost BIGINT NOT NULL DEFAULT 0;         -- counted calls spent
ALTER TABLE attempt ADD COLUMN took_ms BIGINT NOT NULL DEFAULT 0;

-- JSON: model::integration::Failures; the last failure of each standing work, nothing secret.
ALTER TABLE integration ADD COLUMN failures TEXT NOT NULL DEFAULT '{}';

CREATE INDEX delivery_by_state ON delivery (integration, state, created_ms, id);
-- What is over is swept by age.
CREATE INDEX incident_over ON incident (updated_ms, integration, id) WHERE progress = 'Closed';
CREATE INDEX audit_by_age ON audit (at_ms);
