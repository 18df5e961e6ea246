//! Forms that make an incident.

use super::*;
use server::store::integration;
use server::store::made_incident::{self as made, FormKey};

#[tokio::test]
async fn a_form_is_carried_out_by_one_and_remembers_what_came_of_it() {
    in_both(async |tx| {
        let form = FormKey { integration: "alpha", user_id: "li", token: "t" };
        let later = |ms| Millis(NOW.0 + ms);
        assert_eq!(made::get(tx, form).await.unwrap(), None);
        assert!(made::begin(tx, form, NOW, later(10)).await.unwrap());
        assert!(!made::begin(tx, form, later(1), later(20)).await.unwrap());
        assert!(made::begin(tx, FormKey { user_id: "wang", ..form }, NOW, later(10)).await.unwrap(), "another's");
        assert!(!made::take_over(tx, form, later(9), later(30)).await.unwrap(), "somebody has it");
        assert!(made::take_over(tx, form, later(10), later(30)).await.unwrap());
        let known = made::get(tx, form).await.unwrap().unwrap();
        assert_eq!((known.incident_id, known.asked, known.lease), (None, NOW, later(30)));
        assert!(made::end(tx, form, "i1").await.unwrap());
        assert!(!made::end(tx, form, "i2").await.unwrap());
        assert!(!made::take_over(tx, form, later(99), later(100)).await.unwrap(), "it has ended");
        assert!(!made::forget(tx, form).await.unwrap(), "what came of it stays");
        assert_eq!(made::get(tx, form).await.unwrap().unwrap().incident_id.as_deref(), Some("i1"));
        assert!(made::forget(tx, FormKey { user_id: "wang", ..form }).await.unwrap());
        assert_eq!(made::sweep(tx, NOW).await.unwrap(), 0);
        assert_eq!(made::sweep(tx, later(1)).await.unwrap(), 1);
        assert!(made::begin(tx, form, NOW, later(10)).await.unwrap());
        integration::remove(tx, "alpha").await.unwrap();
        assert_eq!(made::get(tx, form).await.unwrap(), None);
    })
    .await;
}
