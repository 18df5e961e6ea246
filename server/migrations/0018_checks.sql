-- What proves that a set-up is right.

CREATE TABLE evidence (                  -- when something was last seen, or last changed so that older proof is none
    integration TEXT NOT NULL,           -- empty: of the whole server
    name TEXT NOT NULL,                  -- event:<type> | changed:<field> | backup
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (integration, name)
);

CREATE TABLE check_run (                 -- how an integration's checks ended last
    integration TEXT PRIMARY KEY,
    body TEXT NOT NULL,                  -- JSON: model::check::Run
    ran_ms BIGINT NOT NULL
);
