//! Moments as forms write them, and places in lists ordered by time and id.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use world::Millis;

/// Longest id in a place.
const ID_BYTES_MAX: usize = 64;

/// A date and time of a form field, `2026-09-21T08:00`, in the IANA zone; an unknown zone counts as UTC.
pub fn read(text: &str, zone: &str) -> Option<Millis> {
    let civil: DateTime = text.parse().ok()?;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    zone.to_timestamp(civil).ok().map(|at| Millis(at.as_millisecond()))
}

/// A place in a list as it stands in an address.
pub fn place_text((at, id): &(Millis, String)) -> String {
    format!("{}-{id}", at.0)
}

/// The place of such a text; none for what [`place_text`] never writes.
pub fn place(text: &str) -> Option<(Millis, String)> {
    let (at, id) = text.split_once('-')?;
    let at: i64 = at.parse().ok().filter(|_| at.bytes().all(|byte| byte.is_ascii_digit()))?;
    let fine = (1..=ID_BYTES_MAX).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    fine.then(|| (Millis(at), id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_zone() {
        for (text, zone, expected) in [
            ("2026-09-21T08:00", "Asia/Shanghai", Some(1_789_948_800_000)),
            ("2026-09-21T00:00:00", "UTC", Some(1_789_948_800_000)),
            ("2026-09-21", "nowhere", Some(1_789_948_800_000)),
            ("2026-02-30T00:00", "UTC", None),
            ("now", "UTC", None),
            ("", "UTC", None),
            ("99999-01-01T00:00", "UTC", None),
        ] {
            assert_eq!(read(text, zone), expected.map(Millis), "{text}");
        }
    }

    #[test]
    fn places_come_back_and_nothing_else_is_one() {
        let place_of = (Millis(1_789_948_800_000), "a_b1".to_owned());
        assert_eq!(place(&place_text(&place_of)), Some(place_of));
        for text in
            ["", "-", "1-", "-a", "+1-a", "1-a b", "1-%", "99999999999999999999-a", &format!("1-{}", "a".repeat(65))]
        {
            assert_eq!(place(text), None, "{text}");
        }
    }
}
