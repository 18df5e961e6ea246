//! Browser stories.
