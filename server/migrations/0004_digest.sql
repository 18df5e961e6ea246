-- Storms: what comes too fast for a group or a person is folded into one counting card.

CREATE TABLE digest (
    id TEXT PRIMARY KEY,                 -- digest-…; stands where cards and deliveries name their incident
    integration TEXT NOT NULL,
    target_kind TEXT NOT NULL,           -- chat | person
    target TEXT NOT NULL,
    target_name TEXT NOT NULL,
    state TEXT NOT NULL,                 -- counting | over
    began_ms BIGINT NOT NULL,
    hot_ms BIGINT NOT NULL,              -- when more came last in a minute than are shown one by one
    painted_ms BIGINT NOT NULL,          -- when DingTalk was last given it; 0: never
    version BIGINT NOT NULL
);
-- However many processes see a storm begin, a target has one card of it.
CREATE UNIQUE INDEX digest_counting ON digest (integration, target_kind, target) WHERE state = 'counting';

ALTER TABLE delivery ADD COLUMN digest TEXT;     -- digest.id it was folded into
CREATE INDEX delivery_folded ON delivery (digest, created_ms, id) WHERE digest IS NOT NULL;
CREATE INDEX delivery_single ON delivery (integration, target_kind, target, created_ms) WHERE digest IS NULL;
-- Cards of their own, few a minute in any storm; what could not be told to anybody aside.
CREATE INDEX delivery_own ON delivery (integration, created_ms) WHERE digest IS NULL AND target_kind <> 'member';

ALTER TABLE incident ADD COLUMN severity TEXT NOT NULL DEFAULT '';   -- as in body
CREATE INDEX incident_state ON incident (integration, id, progress, severity);
