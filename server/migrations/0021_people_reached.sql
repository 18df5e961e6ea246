-- Roles in the console that were given to members, and who was reminded to link.

CREATE TABLE console_grant (
    integration TEXT NOT NULL,
    member_id BIGINT NOT NULL,
    role TEXT NOT NULL,                  -- administrator, observer
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (integration, member_id)
);

CREATE TABLE link_reminder (
    integration TEXT NOT NULL,
    user_id TEXT NOT NULL,
    sent_ms BIGINT NOT NULL,
    PRIMARY KEY (integration, user_id)
);
