-- Groups made for incidents, and who belongs into them.

CREATE TABLE war_room (
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    generation BIGINT NOT NULL,          -- 1, and one more for each room made anew after the last was gone
    uuid TEXT NOT NULL,                  -- what DingTalk knows the making by; stored before the call
    state TEXT NOT NULL,                 -- making, failed, open, ending, gone
    open_conversation_id TEXT,           -- once it was made
    title TEXT NOT NULL,                 -- what DingTalk was last asked for
    titled_by_hand BIGINT NOT NULL,      -- 1: somebody renamed it, so it is left alone
    titled_ms BIGINT NOT NULL,
    asked_by TEXT NOT NULL,              -- employee's user id; empty where nobody in DingTalk is known
    asked_name TEXT NOT NULL,
    problem TEXT NOT NULL,               -- why it could not be made: code and words of DingTalk
    link_posted BIGINT NOT NULL,         -- 0: the comment on the incident is due, 1: under way, 2: done
    told_ms BIGINT NOT NULL,             -- acts on the incident were told up to here
    missing_told TEXT NOT NULL,          -- JSON: people the room was told are missing
    made_ms BIGINT,
    ends_ms BIGINT,                      -- when it is dismissed, once somebody wants that
    ended_by TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX war_room_generation ON war_room (integration, incident_id, generation);
CREATE UNIQUE INDEX war_room_conversation ON war_room (integration, open_conversation_id);
CREATE INDEX war_room_by_time ON war_room (integration, created_ms, id);

CREATE TABLE war_room_person (
    room_id TEXT NOT NULL,
    person TEXT NOT NULL,                -- m:<Flashduty member id>, or u:<user id> of somebody not linked
    user_id TEXT,                        -- in DingTalk, once known
    name TEXT NOT NULL,
    state TEXT NOT NULL,                 -- wanted, in, missing, out
    reason TEXT NOT NULL,                -- why missing
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (room_id, person)
);
CREATE INDEX war_room_person_missing ON war_room_person (person, state);
