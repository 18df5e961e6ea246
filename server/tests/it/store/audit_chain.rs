use super::*;
use server::model::audit_chain::{BEGINNING, Fault, Walk};
use server::store::audit::{self, AuditEntry};
use server::store::audit_chain;

fn entry(log: &str, id: &str) -> AuditEntry {
    AuditEntry {
        id: id.into(),
        integration: log.into(),
        actor: "li\0".into(),
        act: "linked".into(),
        subject: "李娜".into(),
        detail: serde_json::json!({"b": 1, "a": ["\0"]}),
        address: "192.0.2.1".into(),
        at: NOW,
    }
}

async fn write(store: &Store, log: &str, id: &str) {
    let mut tx = store.begin().await.unwrap();
    audit::add(&mut tx, &entry(log, id)).await.unwrap();
    tx.commit().await.unwrap();
}

/// What is wrong with a log, and how many lines it has.
async fn walked(store: &Store, log: &str) -> (Vec<Fault>, usize) {
    let mut tx = store.read().await.unwrap();
    let chain = audit_chain::get(&mut tx, log).await.unwrap().unwrap();
    let lines = audit_chain::lines(&mut tx, log, 0, 10_000).await.unwrap();
    let mut walk = Walk::after(chain.removed_seq, &chain.removed_hash);
    let mut faults: Vec<_> = lines.iter().filter_map(|line| walk.step(line)).collect();
    faults.extend(walk.end(chain.seq, &chain.hash));
    (faults, lines.len())
}

#[tokio::test]
async fn lines_written_at_once_by_several_processes_make_one_chain() {
    on_both(async |database| {
        let (one, other) = (database.open().await, database.open().await);
        let writes = (0..40).map(|number| {
            let store = if number % 2 == 0 { &one } else { &other };
            async move {
                let mut tx = store.begin().await.unwrap();
                // The logs in turn first and last: nobody may wait for somebody who waits for them.
                let logs = if number % 4 < 2 { ["alpha", ""] } else { ["", "alpha"] };
                for log in logs {
                    audit::add(&mut tx, &entry(log, &format!("{log}-{number}"))).await.unwrap();
                }
                if number % 5 == 0 { drop(tx) } else { tx.commit().await.unwrap() }
            }
        });
        futures::future::join_all(writes).await;
        for log in ["alpha", ""] {
            assert_eq!(walked(&one, log).await, (vec![], 32), "{log:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_changes_the_rows_themselves_is_seen() {
    on_both(async |database| {
        let store = database.open().await;
        for number in 1..=6 {
            write(&store, "alpha", &number.to_string()).await;
        }
        assert_eq!(walked(&store, "alpha").await, (vec![], 6));
        assert_eq!(database.raw("UPDATE audit SET actor = 'wang' WHERE id = '2'").await, 1);
        assert_eq!(database.raw("DELETE FROM audit WHERE id IN ('4', '6')").await, 2);
        let faults = vec![Fault::Changed { seq: 2 }, Fault::Missing { seq: 4 }, Fault::CutOff { seq: 6 }];
        assert_eq!(walked(&store, "alpha").await, (faults, 4));

        let forged = "INSERT INTO audit (id, integration, actor, act, subject, detail, at_ms) \
                      VALUES ('x', 'alpha', 'li', 'a', 's', '{}', 1)";
        assert_eq!(database.raw(forged).await, 1);
        let again = database.open().await;
        let mut tx = again.read().await.unwrap();
        assert_eq!(audit_chain::count_outside(&mut tx, "alpha", 0).await.unwrap(), 1, "no start takes it in");
        assert_eq!(
            audit_chain::count_outside(&mut tx, "alpha", 1).await.unwrap(),
            2,
            "nor one of a place that is over"
        );
        assert_eq!(audit_chain::owed(&mut tx).await.unwrap(), ["alpha"]);
    })
    .await;
}

#[tokio::test]
async fn lines_from_before_the_chain_are_taken_into_it() {
    on_both(async |database| {
        let store = database.open().await;
        for number in 1..=3 {
            write(&store, "alpha", &number.to_string()).await;
        }
        // As the release before left it.
        database.raw("UPDATE audit SET seq = NULL, previous = NULL, hash = NULL").await;
        database.raw("DELETE FROM audit_chain").await;
        let again = database.open().await;
        assert_eq!(walked(&again, "alpha").await, (vec![], 3));
        write(&again, "alpha", "4").await;
        assert_eq!(walked(&again, "alpha").await, (vec![], 4));
    })
    .await;
}

#[tokio::test]
async fn what_is_removed_for_its_age_leaves_a_chain_that_holds() {
    on_both(async |database| {
        let store = database.open().await;
        for number in 1..=4 {
            let mut tx = store.begin().await.unwrap();
            let at = Millis(NOW.0 + number);
            audit::add(&mut tx, &AuditEntry { at, ..entry("alpha", &number.to_string()) }).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = store.begin().await.unwrap();
        assert_eq!(audit_chain::sweep(&mut tx, Millis(NOW.0 + 4), 2).await.unwrap(), 2, "a piece");
        assert_eq!(audit_chain::sweep(&mut tx, Millis(NOW.0 + 4), 2).await.unwrap(), 1);
        assert_eq!(audit_chain::sweep(&mut tx, Millis(NOW.0 + 4), 2).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(walked(&store, "alpha").await, (vec![], 1));
        let mut tx = store.read().await.unwrap();
        let chain = audit_chain::get(&mut tx, "alpha").await.unwrap().unwrap();
        assert_eq!((chain.removed_seq, chain.seq), (3, 4));
        assert_ne!(chain.removed_hash, BEGINNING);
        assert_eq!(audit_chain::list(&mut tx).await.unwrap(), [chain]);
    })
    .await;
}
