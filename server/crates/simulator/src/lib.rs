//! A pretend DingTalk and a pretend Flashduty.
