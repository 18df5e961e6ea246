//! The console's lists: deliveries, quota, war rooms, the audit log.

use crate::fake::Fake;
use crate::render::open;

#[test]
fn deliveries_tell_cause_cure_and_lead_to_each() {
    open("/console/k1/deliveries", Fake::default())
        .has("aria-current=\"page\"")
        .has("href=\"/console/k1/deliveries/d1\"")
        .has("The responder has not linked accounts")
        .has("Open the app once from the workplace")
        .has("&lt;script&gt;")
        .has_not("<script>")
        .has("href=\"/console/k1/deliveries?group=chat1\"")
        .has("href=\"/console/k1/deliveries?person=person1\"")
        .has("href=\"/console/k1/deliveries?after=5-d2\"")
        .has("Why did I not get a message?")
        .has("href=\"/console/k1/deliveries?outcome=not%20installed\"")
        .has("Send all of these again…")
        .has_not("Yes, send");
}

#[test]
fn a_search_stands_in_the_form_and_can_be_taken_back_piece_by_piece() {
    let page = open(
        "/console/k1/deliveries?state=failed&group=c1&q=%22%3E%3Cx&since=2026-04-11T10:00&after=9-x&outcome=busy",
        Fake::default(),
    );
    page.has("value=\"&quot;&gt;&lt;x\"")
        .has("value=\"2026-04-11T10:00\"")
        .has("<option value=\"failed\" selected")
        .has("<option value=\"busy\" selected")
        .has("Group: 线上故障应急群")
        .has("type=\"hidden\" name=\"group\" value=\"c1\"")
        .has("Back to the newest")
        .has("open");
}

#[test]
fn sending_all_again_is_asked_first_and_told_afterwards() {
    open("/console/k1/deliveries?outcome=app+not+linked&state=failed&again=yes", Fake::default())
        .has("There are 500 or more")
        .has("action=\"/console/k1/deliveries/resend\"")
        .has("name=\"since_ms\" value=\"7\"")
        .has("Yes, send 500 again");
    open("/console/k1/deliveries?outcome=busy&state=failed&sent=3&left=2&again_after=7-a", Fake::default())
        .has("Being sent again: 3")
        .has("Left alone: 2")
        .has("again=7-a");
    open("/console/k1/deliveries?sent=x&left=-1", Fake::default()).has_not("Being sent again");
}

#[test]
fn one_delivery_shows_what_its_reader_sees_and_nothing_of_it_is_markup() {
    let page = open("/console/k1/deliveries/d1", Fake::default());
    page.has("#0E83EE &lt;i&gt;")
        .has("class=\"shown is-red\"")
        .has("&lt;img&gt;")
        .has_not("href=\"javascript:")
        .has("R-1")
        .has("action=\"/console/k1/deliveries/d1/resend\"")
        .has("Send again");
    open("/console/k1/deliveries/forced", Fake::default())
        .has("Not simply sent again: DingTalk has taken it")
        .has("name=\"force\" value=\"yes\"");
    open("/console/k1/deliveries/over", Fake::default())
        .has("Cannot be sent again now: DingTalk has taken it")
        .has_not("data-resend");
    let gone = open("/console/k1/deliveries/gone", Fake::default());
    assert_eq!(gone.status, 404);
    gone.has("data-problem=\"not-found\"");
}

#[test]
fn quota_shows_both_meters_charts_with_tables_and_what_the_month_comes_to() {
    let page = open("/console/k1/quota", Fake::default());
    page.has("Used this month: 7,600 of 10,000 (76 %)")
        .has("the contract says how many there are")
        .has("Kept for new incidents: 300")
        .has("Warnings given: 50 %")
        .has("Saving: it would not last this month")
        .has("has banned this server")
        .has("data-chart=\"api-by-day\"")
        .has("role=\"img\"")
        .has("bar is-expected")
        .has("<caption>")
        .has("Repaint cards")
        .has("&lt;b&gt;unknown")
        .has("10,900")
        .has("name=\"seen\" value=\"standard|before-2025-11-19|||\"")
        .has("not this month");
}

#[test]
fn other_circumstances_and_refused_figures_stay_in_the_form() {
    open("/console/k1/quota?no_repaints=yes&groups=200&incidents=x&with_edition=exclusive", Fake::default())
        .has("name=\"no_repaints\" value=\"yes\" checked")
        .has("name=\"groups\" min=\"0\" max=\"10000\" inputmode=\"numeric\" value=\"200\"")
        .has("<option value=\"exclusive\" selected");
    open("/console/k1/quota?wrong=quota_api_month&quota_api_month=-5&edition=professional", Fake::default())
        .has("data-wrong")
        .has("A limit is a whole number")
        .has("value=\"-5\"")
        .has("<option value=\"professional\" selected");
    open("/console/k1/quota?wrong=seen", Fake::default()).has("Somebody else has changed these figures");
    open("/console/k1/quota?saved=1&quota_api_month=-5", Fake::default()).has("Saved").has_not("value=\"-5\"");
}

#[test]
fn war_rooms_name_who_is_missing_and_ask_before_they_end() {
    open("/console/k1/war-rooms?state=open&after=9-x", Fake::default())
        .has("<option value=\"open\" selected")
        .has("#0E83EE &lt;u&gt;")
        .has("Bob &lt;b&gt;")
        .has("link accounts first")
        .has("2 more")
        .has("not published")
        .has("action=\"/console/k1/war-rooms/r1/dismiss\"")
        .has_not("war-rooms/r2/dismiss")
        .has("/console/k1/war-rooms?state=open&amp;after=5-r2");
    open("/console/k1/war-rooms?dismissing=1", Fake::default()).has("The countdown has begun");
}

#[test]
fn the_audit_log_says_which_lines_hold() {
    open("/console/k1/audit?act=linked", Fake::default())
        .has("Line 3")
        .has("as it was written")
        .has("changed, or the line before it is missing")
        .has("In no place")
        .has("&lt;script&gt;")
        .has_not("<script>")
        .has("192.0.2.7")
        .has("href=\"/console/k1/audit/export\"")
        .has("/console/k1/audit?verify=yes")
        .has("value=\"linked\"");
    open("/console/k1/audit?verify=yes&since=x", Fake::default()).has("The log was changed").has("data-misread");
}
