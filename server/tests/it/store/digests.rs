use super::*;
use contract::incident::{Progress, Severity};
use server::model::delivery::{Delivery, DeliveryState, Outcome, Target};
use server::model::digest::{Digest, DigestState};
use server::model::incident::{Incident, Mirror};
use server::store::{delivery, digest, incident};

fn new(id: &str, target: Target) -> Digest {
    Digest::begin(id, "alpha", target, "运维", NOW)
}

fn ops() -> Target {
    Target::Chat("ops".into())
}

/// An incident of this severity and progress, delivered at a time, folded into `digest` if any.
async fn member(tx: &mut Tx, id: &str, severity: Severity, progress: Progress, at: i64, digest: Option<&Digest>) {
    let incident = Incident { severity, progress, ..Incident::empty(id) };
    incident::insert(tx, &Mirror::new("alpha", incident, NOW)).await.unwrap();
    let delivery = super::deliveries::delivery_of(id, "alpha", id, ops());
    let outcome = if digest.is_some() { Outcome::Folded } else { Outcome::Delivered };
    let digest = digest.map(|digest| digest.id.clone());
    let state = DeliveryState::Done;
    let new = Delivery { digest, outcome, state, created: Millis(at), ..delivery };
    assert!(delivery::insert(tx, &new).await.unwrap());
    assert_eq!(delivery::get(tx, id).await.unwrap(), Some(new));
}

#[tokio::test]
async fn a_target_has_one_digest_that_counts() {
    in_both(async |tx| {
        let first = new("1", ops());
        assert!(digest::insert(tx, &first).await.unwrap());
        assert!(!digest::insert(tx, &new("2", ops())).await.unwrap());
        assert!(digest::insert(tx, &new("3", Target::Person("ops".into()))).await.unwrap());
        assert_eq!(digest::get(tx, "alpha", &first.id).await.unwrap(), Some(first.clone()));
        assert_eq!(digest::get(tx, "beta", &first.id).await.unwrap(), None);
        assert_eq!(digest::counting(tx, "alpha", &ops()).await.unwrap(), Some(first.clone()));

        let over = Digest { state: DigestState::Over, hot: Millis(7), painted: Millis(8), ..first.clone() };
        assert!(digest::update(tx, &over).await.unwrap());
        assert!(!digest::update(tx, &over).await.unwrap(), "somebody was faster");
        assert_eq!(digest::counting(tx, "alpha", &ops()).await.unwrap(), None);
        assert!(!digest::heat(tx, &first.id, NOW).await.unwrap(), "it is over");
        assert!(digest::insert(tx, &new("2", ops())).await.unwrap(), "the next storm");
        assert!(digest::heat(tx, &new("2", ops()).id, Millis(9)).await.unwrap());
        digest::paint(tx, &new("2", ops()).id, Millis(10)).await.unwrap();
        let next = digest::counting(tx, "alpha", &ops()).await.unwrap().unwrap();
        assert_eq!((next.hot, next.painted, next.version), (Millis(9), Millis(10), 2));
    })
    .await;
}

#[tokio::test]
async fn a_digest_counts_its_members_as_they_are() {
    use Progress::{Closed, Processing, Triggered};
    use Severity::{Critical, Info, Warning};
    in_both(async |tx| {
        let storm = new("1", ops());
        digest::insert(tx, &storm).await.unwrap();
        let folded = Some(&storm);
        member(tx, "a", Critical, Triggered, 1_000, None).await;
        member(tx, "b", Warning, Triggered, 2_000, folded).await;
        member(tx, "c", Warning, Triggered, 3_000, folded).await;
        member(tx, "d", Info, Processing, 4_000, folded).await;
        member(tx, "e", Info, Closed, 5_000, folded).await;

        let figures = digest::figures(tx, &storm, 2).await.unwrap();
        assert_eq!((figures.total(), figures.in_progress(Triggered), figures.of_severity(Info)), (4, 2, 2));
        assert_eq!(figures.newest.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["e", "d"]);
        assert_eq!(digest::untouched_count(tx, &storm.id).await.unwrap(), 2);
        let ids = |page: Vec<(String, Incident)>| page.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids(digest::members(tx, &storm.id, Triggered, Millis(9_000), "", 9).await.unwrap()), ["b", "c"]);
        assert_eq!(ids(digest::members(tx, &storm.id, Triggered, Millis(2_999), "", 9).await.unwrap()), ["b"]);
        assert_eq!(ids(digest::members(tx, &storm.id, Triggered, Millis(9_000), "b", 9).await.unwrap()), ["c"]);
        assert_eq!(ids(digest::members(tx, &storm.id, Triggered, Millis(9_000), "", 1).await.unwrap()), ["b"]);

        assert_eq!(ids(digest::members(tx, &storm.id, Closed, Millis(9_000), "", 9).await.unwrap()), ["e"]);
        let mut changed = incident::get(tx, "alpha", "b").await.unwrap().unwrap();
        (changed.incident.severity, changed.incident.progress) = (Critical, Processing);
        incident::update(tx, &changed).await.unwrap();
        let figures = digest::figures(tx, &storm, 0).await.unwrap();
        assert_eq!((figures.of_severity(Critical), figures.in_progress(Processing)), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn what_came_lately_is_counted_up_to_a_limit() {
    use Severity::{Critical, Info};
    in_both(async |tx| {
        let storm = new("1", ops());
        digest::insert(tx, &storm).await.unwrap();
        for (id, severity, at, folded) in [
            ("a", Critical, 1_000, None),
            ("b", Critical, 2_000, None),
            ("c", Info, 3_000, None),
            ("d", Critical, 4_000, Some(&storm)),
            ("e", Info, 5_000, Some(&storm)),
        ] {
            member(tx, id, severity, Progress::Triggered, at, folded).await;
        }
        let failed = super::deliveries::delivery_of("f", "alpha", "a", Target::Member(7));
        delivery::insert(tx, &failed).await.unwrap();
        let other = super::deliveries::delivery_of("g", "alpha", &storm.id, ops());
        delivery::insert(tx, &Delivery { reason: "digest".into(), ..other }).await.unwrap();

        for (since, limit, expected) in [(0, 9, 3), (0, 2, 2), (2_000, 9, 1), (3_000, 9, 0)] {
            assert_eq!(digest::recent(tx, "alpha", &ops(), Millis(since), limit).await.unwrap(), expected);
        }
        assert_eq!(digest::recent(tx, "alpha", &Target::Person("ops".into()), Millis(0), 9).await.unwrap(), 0);
        for (since, limit, expected) in [(0, 9, 2), (0, 1, 1), (4_000, 9, 1)] {
            assert_eq!(digest::folded_since(tx, &storm.id, Millis(since), limit).await.unwrap(), expected);
        }
        for (since, limit, expected) in [(0, 9, 2), (0, 1, 1), (1_000, 9, 1), (2_000, 9, 0)] {
            assert_eq!(digest::spared_since(tx, "alpha", Millis(since), limit).await.unwrap(), expected);
        }
        assert_eq!(digest::of_incident(tx, "alpha", "d").await.unwrap(), std::slice::from_ref(&storm.id));
        assert!(digest::of_incident(tx, "alpha", "a").await.unwrap().is_empty());
        assert_eq!(digest::told(tx, "alpha", "a").await.unwrap().len(), 2);
        assert!(digest::told(tx, "alpha", &storm.id).await.unwrap().is_empty(), "a digest is no incident");
    })
    .await;
}
