-- How groups are, and what robots of Flashduty's escalation rules say to them.

CREATE TABLE chat_health (
    chat_id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    event_ms BIGINT,                     -- newest event of DingTalk that changed something
    read_ms BIGINT,                      -- last read at DingTalk that was answered, whatever the answer
    pushed_ms BIGINT,                    -- last robot push taken
    members BIGINT                       -- people in it, when they were last counted
);

-- What last went to a group, and what last could not.
CREATE INDEX delivery_by_chat ON delivery (integration, target, state, updated_ms) WHERE target_kind = 'chat';

-- One card of an incident in a group, whoever asks for it.
CREATE UNIQUE INDEX delivery_one_card ON delivery (integration, incident_id, target)
    WHERE target_kind = 'chat' AND reason IN ('incident', 'robot push');

CREATE TABLE robot_push (                -- taken, and not yet carried out
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    body TEXT NOT NULL,                  -- JSON: flashduty::robot::RobotMessage
    created_ms BIGINT NOT NULL
);

CREATE TABLE mention (                   -- whom a robot push wants mentioned in a group
    integration TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    person TEXT NOT NULL,                -- employee's user id, @ALL, or a name nobody in DingTalk is linked to
    name TEXT NOT NULL,
    linked BIGINT NOT NULL,              -- 1: person is a user id
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (integration, incident_id, chat_id, person)
);
CREATE INDEX mention_by_time ON mention (at_ms);

CREATE TABLE note (                      -- what a delivery says that is no card
    delivery_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT NOT NULL,                  -- DingTalk markdown
    created_ms BIGINT NOT NULL
);
CREATE INDEX note_by_time ON note (created_ms);
