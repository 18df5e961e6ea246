-- What DingTalk counts: calls in a second, calls and pushes in a month, and whether it talks to us at all.

CREATE TABLE throttle (
    client_id TEXT NOT NULL,             -- the app
    api TEXT NOT NULL,                   -- path of the call
    turns TEXT NOT NULL,                 -- JSON list of model::throttle::Turn
    pause_until_ms BIGINT NOT NULL,      -- DingTalk said "too fast"
    careful_until_ms BIGINT NOT NULL,
    strikes BIGINT NOT NULL,
    PRIMARY KEY (client_id, api)
);

CREATE TABLE ban (
    host TEXT PRIMARY KEY,               -- api | oapi
    until_ms BIGINT NOT NULL
);

CREATE TABLE meter (
    corp_id TEXT NOT NULL,
    meter TEXT NOT NULL,                 -- api | push
    month BIGINT NOT NULL,               -- year and month in UTC+8, 202609
    used BIGINT NOT NULL,
    spent_at_limit BIGINT,               -- DingTalk said "used up" while we believed in this limit
    warned BIGINT NOT NULL,              -- highest warning given, in hundredths
    PRIMARY KEY (corp_id, meter, month)
);

CREATE TABLE meter_day (
    corp_id TEXT NOT NULL,
    meter TEXT NOT NULL,
    month BIGINT NOT NULL,
    day BIGINT NOT NULL,                 -- of the month
    route TEXT NOT NULL,                 -- path of the call, type of the event
    used BIGINT NOT NULL,
    PRIMARY KEY (corp_id, meter, month, day, route)
);
