-- What has changed since a moment, for pages that are open.
CREATE INDEX incident_by_change ON incident (integration, updated_ms);
