-- Members of the Flashduty account as they were last read, and finding their employees by the directory.

CREATE TABLE member (
    integration TEXT NOT NULL,
    member_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,             -- in small letters, to search and sort by
    on_call_ms BIGINT NOT NULL,          -- begin of a shift within a week; 9223372036854775807: none
    read_ms BIGINT NOT NULL,             -- when Flashduty last told of the member; 0: never, known by a link alone
    PRIMARY KEY (integration, member_id)
);
CREATE INDEX member_order ON member (integration, on_call_ms, sort_name, member_id);

INSERT INTO member (integration, member_id, name, sort_name, on_call_ms, read_ms)
    SELECT integration, member_id, member_name, LOWER(member_name), 9223372036854775807, 0 FROM link;

CREATE TABLE directory_run (
    id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    state TEXT NOT NULL,                 -- looking, shown, applying, applied, undoing, undone, failed
    step TEXT NOT NULL,                  -- of looking: members, on-call, groups, people
    cursor BIGINT NOT NULL,              -- how far the step has come
    asked_by TEXT NOT NULL,
    done BIGINT NOT NULL,                -- of looking: employees looked at; else rows
    total BIGINT NOT NULL,
    groups_read BIGINT NOT NULL,
    groups_all BIGINT NOT NULL,
    failure TEXT NOT NULL,               -- why it came to no end, in the platform's words
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX directory_run_by_time ON directory_run (integration, created_ms, id);
CREATE UNIQUE INDEX directory_run_one ON directory_run (integration) WHERE state IN ('looking', 'applying', 'undoing');

CREATE TABLE directory_row (
    run TEXT NOT NULL,
    member_id BIGINT NOT NULL,
    member_name TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    clue TEXT NOT NULL,                  -- the masked number while employees are looked for; empty afterwards
    kind TEXT NOT NULL,                  -- new, changed, conflict, no-match, same
    reason TEXT NOT NULL,
    user_id TEXT,
    user_name TEXT NOT NULL,
    union_id TEXT,
    seen TEXT NOT NULL,                  -- the links of both as they were seen
    result TEXT NOT NULL,                -- linked, moved-on, undone, kept; empty before
    link_id TEXT,                        -- the link that was made
    PRIMARY KEY (run, member_id)
);
CREATE INDEX directory_row_by_kind ON directory_row (run, kind, member_id);

CREATE TABLE directory_candidate (
    run TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (run, user_id)
);
