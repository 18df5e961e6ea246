//! What a person may do with an incident.
