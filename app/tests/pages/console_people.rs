//! The console's page of people.

use crate::fake::{Fake, NOW_MS};
use crate::render::open;
use contract::directory::{Kind, Reason};
use contract::people::{LookView, PeoplePage, PersonLine, RowLine, Standing};

fn person(member_id: i64, name: &str, standing: Standing) -> PersonLine {
    let linked_as = (standing != Standing::Unlinked).then(|| ("李娜".to_owned(), "app-key".to_owned()));
    PersonLine {
        member_id,
        name: name.into(),
        linked_as,
        standing,
        on_call_ms: None,
        updated_ms: Some(NOW_MS),
        role: None,
    }
}

fn look(state: &str) -> LookView {
    LookView {
        run: "run1".into(),
        state: state.into(),
        step: "people".into(),
        done: 3,
        total: 9,
        updated_ms: NOW_MS,
        counts: vec![(Kind::New, 2), (Kind::Changed, 1), (Kind::Conflict, 1), (Kind::NoMatch, 4)],
        rows: vec![RowLine {
            member: "<b>Li</b>".into(),
            employee: Some("李娜".into()),
            kind: Kind::New,
            reason: Reason::None,
            result: String::new(),
        }],
        ..LookView::default()
    }
}

fn page(people_page: PeoplePage) -> Fake {
    Fake { people_page, ..Fake::default() }
}

#[test]
fn people_are_shown_with_how_they_are_linked_and_lists_are_addresses() {
    let mut on_call = person(8, "<b>Wang</b>", Standing::Unlinked);
    on_call.on_call_ms = Some(NOW_MS);
    let people = vec![on_call, person(7, "Li", Standing::Linked), person(9, "Zhao", Standing::Broken)];
    let counts = vec![(Standing::Linked, 1), (Standing::Unlinked, 120)];
    let shown = PeoplePage { people, counts, has_next: true, ..PeoplePage::default() };
    let drawn = open("/console/k1/people?state=unlinked&q=a%26b&page=2", page(shown));
    assert!(drawn.text().contains("Not linked 120"), "{}", drawn.text());
    drawn
        .has("&lt;b&gt;Wang")
        .has("On call now")
        .has("data-state=\"broken\"")
        .has("value=\"a&amp;b\"")
        .has("href=\"/console/k1/people?state=unlinked&amp;q=a%26b&amp;page=3\"")
        .has("href=\"/console/k1/people?state=unlinked&amp;q=a%26b\"")
        .has("href=\"/console/k1/people?state=broken&amp;q=a%26b\"")
        .has("form=csv");
    open("/console/k1/people", page(PeoplePage::default())).has("Nobody fits");
}

#[test]
fn a_look_shows_its_table_and_what_can_be_done_next() {
    let with = |look: LookView| page(PeoplePage { look: Some(look), ..PeoplePage::default() });
    open("/console/k1/people", page(PeoplePage::default()))
        .has("action=\"/console/k1/people/look\"")
        .has_not("data-look");
    open("/console/k1/people", with(look("shown")))
        .has("data-look=\"shown\"")
        .has("Apply 3")
        .has("&lt;b&gt;Li")
        .has("data-kind=\"conflict\"")
        .has("href=\"/console/k1/people?rows=no-match\"")
        .has_not("action=\"/console/k1/people/undo\"");
    open("/console/k1/people", with(look("looking")))
        .has("3 of 9")
        .has("Look again")
        .has_not("action=\"/console/k1/people/apply\"")
        .has_not("data-kind");
    let applied = LookView { linked: 3, moved_on: 1, ..look("applied") };
    open("/console/k1/people", with(applied.clone()))
        .has("3 people were linked")
        .has("1 were linked otherwise")
        .has("action=\"/console/k1/people/undo\"")
        .has_not("action=\"/console/k1/people/apply\"");
    let failed = LookView { failure: "Flashduty: <500>".into(), ..look("failed") };
    open("/console/k1/people", with(failed)).has("nothing was changed").has("Flashduty: &lt;500&gt;");
    let both = PeoplePage { look: Some(look("shown")), applied: Some(applied), ..PeoplePage::default() };
    open("/console/k1/people", page(both)).has("action=\"/console/k1/people/undo\"");
}

#[test]
fn unlinking_is_asked_first() {
    let asked = PeoplePage { about: Some(person(7, "Li", Standing::Linked)), ..PeoplePage::default() };
    open("/console/k1/people?about=7&q=x", page(asked))
        .has("data-about=\"7\"")
        .has("action=\"/console/k1/people/unlink\"")
        .has("name=\"member_id\" value=\"7\"")
        .has("Make administrator")
        .has("href=\"/console/k1/people?q=x\"");
    let unlinked = PeoplePage { about: Some(person(8, "Wang", Standing::Unlinked)), ..PeoplePage::default() };
    open("/console/k1/people?about=8", page(unlinked))
        .has("data-about=\"8\"")
        .has_not("action=\"/console/k1/people/unlink\"")
        .has_not("Make administrator");
    let to_remind = PeoplePage { to_remind: 4, ..PeoplePage::default() };
    open("/console/k1/people", page(to_remind)).has("Remind 4");
}
