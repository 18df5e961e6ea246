use super::*;

/// 2026-09-21 22:13:20 in UTC+8.
const NOW: Millis = Millis(1_790_000_000_000);
/// 2026-09-01 00:00 and 2026-10-01 00:00 in UTC+8.
const BEGIN: Millis = Millis(1_788_192_000_000);
const END: Millis = Millis(1_790_784_000_000);

#[test]
fn months_begin_at_midnight_in_china() {
    assert_eq!(Month::of(NOW), Month { number: 202_609, begin: BEGIN, end: END });
    assert_eq!(Month::of(Millis(BEGIN.0 - 1)).number, 202_608);
    assert_eq!(Month::of(BEGIN), Month::of(NOW));
    assert_eq!(Month::of(END).number, 202_610);
    assert_eq!((Month::day(NOW), Month::day(END), Month::date(END).as_str()), (21, 1, "2026-10-01"));
    // 2026-12-31 23:59:59.999 and a millisecond later.
    let year = Month::of(Millis(1_798_732_799_999));
    assert_eq!((year.number, Month::of(year.end).number), (202_612, 202_701));
    assert_eq!(Month::of(Millis(i64::MAX)).number, 0, "no calendar knows it");
}

#[test]
fn figures_of_the_editions() {
    let table = [
        (Edition::Standard, Preset::Former, 10_000, Some(5_000), 20),
        (Edition::Standard, Preset::Present, 5_000, Some(3_000), 20),
        (Edition::Professional, Preset::Former, 500_000, None, 40),
        (Edition::Professional, Preset::Present, 200_000, Some(50_000), 40),
        (Edition::Exclusive, Preset::Former, 5_500_000, None, 60),
        (Edition::Exclusive, Preset::Present, 5_500_000, None, 60),
    ];
    for (edition, preset, api_month, push_month, per_second) in table {
        let quota = Overrides { preset, ..Overrides::default() };
        let limits = Limits::of(&Settings { edition, quota, ..Settings::default() });
        assert_eq!(limits, Limits { api_month, push_month, per_second, robot_minute: 20 });
        assert_eq!(Preset::from_name(preset.name()), Some(preset));
    }
    let quota = Overrides {
        api_month: Some(7),
        push_month: Some(8),
        qps: Some(9),
        robot_minute: Some(10),
        ..Overrides::default()
    };
    let limits = Limits::of(&Settings { quota, ..Settings::default() });
    assert_eq!(limits, Limits { api_month: 7, push_month: Some(8), per_second: 9, robot_minute: 10 });
    assert_eq!(serde_json::to_value(Preset::Present).unwrap(), Preset::Present.name());
}

#[test]
fn the_last_of_it_is_for_pages() {
    for (limit, chatter, state, page) in
        [(10_000, 9_500, 9_700, 10_000), (10, 9, 9, 10), (1, 0, 0, 1), (0, 0, 0, 0), (i64::MAX, 0, 0, i64::MAX)]
    {
        let got = [Priority::Chatter, Priority::State, Priority::Page].map(|priority| ceiling(limit, priority));
        if limit < i64::MAX {
            assert_eq!(got, [chatter, state, page]);
        }
        assert!(got[0] <= got[1] && got[1] <= got[2] && got[2] == page);
        assert_eq!(reserve(limit), page - got[1]);
    }
}

#[test]
fn pushes_of_the_address_book_are_free() {
    for (event_type, counted) in [
        ("user_leave_org", false),
        ("org_remove", false),
        ("check_url", false),
        ("chat_update_title", true),
        ("", true),
    ] {
        assert_eq!(counts_push(event_type), counted, "{event_type}");
    }
}

#[test]
fn warnings_come_at_their_levels() {
    for (used, limit, level) in [
        (0, 100, 0),
        (49, 100, 0),
        (50, 100, 50),
        (79, 100, 50),
        (80, 100, 80),
        (95, 100, 95),
        (200, 100, 95),
        (5, 0, 0),
    ] {
        assert_eq!(warning(used, limit), level, "{used} of {limit}");
    }
}

#[test]
fn the_forecast_goes_on_like_the_last_days() {
    let day = |days: u32| NOW.plus(DAY * days);
    // Since the 14th at 00:00: 7 days, 22 hours, 13 minutes. 950 a day by the mean of those days.
    let spent = |each| (14..=21).map(|day| (day, each)).collect::<Vec<_>>();
    let at = forecast(&spent(950), 7_600, 10_000, NOW).unwrap();
    assert!(day(2) < at && at < day(3), "{}", Month::date(at));
    assert_eq!(forecast(&spent(100), 7_600, 10_000, NOW), None, "lasts beyond the month");
    assert_eq!(forecast(&[(1, 9_000)], 9_000, 10_000, NOW), None, "a bad day long ago does not go on");
    assert_eq!(forecast(&spent(100), 10_000, 10_000, NOW), Some(NOW), "used up already");
    assert_eq!(forecast(&[], 0, 10_000, NOW), None);
    // In the first hour of a month a day's worth is assumed to be a day's.
    let first_hour = BEGIN.plus(Duration::from_secs(3600));
    assert_eq!(forecast(&[(1, 300)], 300, 10_000, first_hour), None);
    assert!(forecast(&[(1, 400)], 400, 10_000, first_hour).is_some());
}

#[test]
fn saving_begins_near_the_end_or_when_it_would_not_last() {
    assert_eq!(economy(9_500, 10_000, None), Some(Economy::NearTheEnd));
    assert_eq!(economy(9_499, 10_000, None), None);
    assert_eq!(economy(5_000, 10_000, Some(NOW)), Some(Economy::Forecast));
    assert_eq!(economy(4_999, 10_000, Some(NOW)), None, "too early to tell");
}
