//! Client of the DingTalk open platform.
