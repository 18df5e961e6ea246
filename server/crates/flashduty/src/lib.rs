//! Client of the Flashduty open API.
