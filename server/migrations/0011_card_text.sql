-- The company's own text on cards, and what messages say that cannot be changed.

CREATE TABLE card_text (                 -- the text Flashduty rendered last for an incident
    integration TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    template_id TEXT NOT NULL,           -- Flashduty's message template
    version BIGINT NOT NULL,             -- of the incident it was rendered for
    text TEXT NOT NULL,                  -- plain; empty: there is none
    trouble TEXT NOT NULL,               -- why there is none; empty: nothing is wrong
    tries BIGINT NOT NULL,               -- renderings in a row that failed
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (integration, incident_id)
);

CREATE TABLE link_message (              -- what a message in a group says of an incident
    delivery_id TEXT PRIMARY KEY,
    integration TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    shown TEXT NOT NULL,                 -- JSON of values, as model::link_message::shown makes them
    sent_ms BIGINT NOT NULL
);
CREATE INDEX link_message_by_incident ON link_message (integration, incident_id);
