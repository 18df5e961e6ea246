//! The console's lists: deliveries.

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
