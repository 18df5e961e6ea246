-- Incidents that people make on our page.

CREATE TABLE made_incident (             -- one for each form that was sent: however often it arrives, it makes one incident
    integration TEXT NOT NULL,
    user_id TEXT NOT NULL,               -- whose form it was
    token TEXT NOT NULL,                 -- SHA-256 of the form's token
    incident_id TEXT,                    -- what came of it; null while nobody knows
    asked_ms BIGINT NOT NULL,
    lease_ms BIGINT NOT NULL,            -- until then somebody is making it
    PRIMARY KEY (integration, user_id, token)
);

CREATE INDEX made_incident_asked ON made_incident (asked_ms);
