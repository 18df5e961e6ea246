//! Mobile numbers as both platforms write them: Flashduty masks what it answers (`+86185****0300`), but finds a member by a
//! whole number; DingTalk tells whole numbers without the country's code (Flashduty reference 6.2, DingTalk reference 4.4).

/// The national digits of a number, masked or not; none for what is too short to be one.
pub fn national(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(|letter| letter.is_ascii_digit() || *letter == '*').collect();
    let national = match phone.trim_start().starts_with("+86") {
        true => digits.strip_prefix("86").unwrap_or(&digits).to_owned(),
        false => digits,
    };
    (national.len() >= 7).then_some(national)
}

/// Whether a number can be the one behind a mask such as `185****0300`. Six known digits are the least.
pub fn fits(mask: &str, mobile: &str) -> bool {
    let (begin, rest) = mask.split_once('*').unwrap_or((mask, ""));
    let end = rest.trim_start_matches('*');
    let digits: String = mobile.chars().filter(char::is_ascii_digit).collect();
    let known = begin.len() + end.len();
    known >= 6 && digits.len() >= known && digits.starts_with(begin) && digits.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_number_fits_its_own() {
        for (mask, mobile, expected) in [
            ("185****0300", "18512340300", true),
            ("185****0300", "18612340300", false),
            ("185****0300", "18512340301", false),
            ("****", "18512340300", false),
            ("185****0300", "300", false),
            ("18512340300", "18512340300", true),
            ("18512340300", "18512340301", false),
        ] {
            assert_eq!(fits(mask, mobile), expected, "{mask} {mobile}");
        }
    }

    #[test]
    fn the_countrys_code_is_left_out() {
        for (phone, expected) in [
            ("+86185****0300", Some("185****0300")),
            ("+86 185-1234-0300", Some("18512340300")),
            ("18512340300", Some("18512340300")),
            ("+1 202 555 0147", Some("12025550147")),
            ("****", None),
            ("", None),
        ] {
            assert_eq!(national(phone).as_deref(), expected, "{phone}");
        }
    }
}
