//! Text from outside made fit for one line, a block, or a byte budget; and moments as people read them.

use jiff::{Timestamp, tz::TimeZone};
use world::Millis;

/// Most characters looked at: what is longer is cut long before it is shown.
const CHARS_MAX: usize = 8_000;

/// One line: white space folded, control and direction-changing characters gone.
pub fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(CHARS_MAX));
    for character in text.chars().take(CHARS_MAX) {
        if character.is_whitespace() || character == '\u{0}' {
            if !line.ends_with(' ') && !line.is_empty() {
                line.push(' ');
            }
        } else if !is_hidden(character) {
            line.push(character);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Several lines: line breaks kept, control and direction-changing characters gone.
pub fn block(text: &str) -> String {
    let kept = |character: &char| *character == '\n' || !is_hidden(*character);
    text.chars().take(CHARS_MAX).filter(kept).collect::<String>().trim().to_owned()
}

/// At most `bytes_max` bytes; what was longer ends in an ellipsis.
pub fn cut(text: &str, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        return text.to_owned();
    }
    let mut end = bytes_max.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

/// `14:03` today, else `11-23 14:03`, in the IANA zone; an unknown zone counts as UTC.
pub fn clock(at: Millis, now: Millis, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let moment = |at: Millis| timestamp(at).to_zoned_datetime(zone.clone());
    let (at, now) = (moment(at), moment(now));
    let format = if at.date() == now.date() { "%H:%M" } else { "%m-%d %H:%M" };
    at.strftime(format).to_string()
}

/// Minutes that the zone is ahead of UTC at that moment.
pub fn zone_offset_minutes(zone: &str, at: Millis) -> i32 {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    zone.to_offset(timestamp(at)).seconds() / 60
}

/// Moments beyond the calendar count as 1970.
fn timestamp(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Characters that are not seen, or change the direction of what is.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_cuts() {
        for (text, expected) in [("  a\n\tb ", "a b"), ("a\u{202e}b\u{0}c", "ab c"), ("", ""), ("中\u{feff}文", "中文")]
        {
            assert_eq!(line(text), expected, "{text:?}");
        }
        assert_eq!(cut("中文字", 7), "中…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 1), "…");
    }

    #[test]
    fn clocks_in_the_accounts_zone() {
        let now = Millis(1_790_000_000_000);
        assert_eq!(clock(now, now, "Asia/Shanghai"), "22:13");
        assert_eq!(clock(Millis(0), now, "UTC"), "01-01 00:00");
        assert_eq!(clock(Millis(i64::MAX), now, "Nowhere/Else"), "01-01 00:00");
        assert_eq!(zone_offset_minutes("Asia/Shanghai", now), 480);
    }
}
