//! An incident that somebody makes on our page, as themselves at Flashduty. Flashduty makes one for each call, so each
//! form is remembered before the call: however often it arrives, one incident comes of it.

use super::form::{self, Fault};
use super::read::Viewer;
use super::refusal::{Refusal, Said};
use super::{audit, convert, credential, incidents, link_end};
use crate::model::asked::FieldValue;
use crate::model::hash::hex_sha256;
use crate::model::integration::Integration;
use crate::model::link::Link;
use crate::state::State;
use crate::store::made_incident::{self, FormKey};
use contract::ProblemCode;
use contract::form::{CreateRequest, Created, DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX, TITLE_CHARS_MIN};
use contract::incident::PEOPLE_MAX;
use contract::words::form as words;
use flashduty::{AssignNew, Client, ErrorClass, FlashdutyError, IncidentQuery, NewIncident};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use world::Millis;

/// How long one call to Flashduty may take.
const CALL_LIMIT: Duration = Duration::from_secs(5);
/// How long a form is being carried out: longer than its calls can take.
const LEASE: Duration = Duration::from_secs(25);
/// How often the end of the same form's other arrival is looked for, and how many times.
const POLL: Duration = Duration::from_millis(100);
const POLLS_MAX: usize = 60;
/// How far Flashduty's clock may be behind ours, or ahead.
const CLOCK_MARGIN: Duration = Duration::from_secs(60);

/// Why no incident was made.
pub enum NotMade {
    /// Fields of the form are wrong.
    Faults(Vec<Fault>),
    Refused(Refusal),
    /// Flashduty did not answer; the same form finds out.
    Unclear,
}

impl<E: Into<Refusal>> From<E> for NotMade {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

/// Makes the incident.
///
/// # Errors
/// Nothing was made, except where that is unclear.
pub async fn create(viewer: Viewer<'_>, request: CreateRequest) -> Result<Created, NotMade> {
    let fields = if request.fields.is_empty() {
        BTreeMap::new()
    } else {
        let asked = form::fields(viewer, &viewer.client().await?).await;
        form::fill(&asked, &request.fields).map_err(NotMade::Faults)?
    };
    let faults = faults(&request);
    if !faults.is_empty() {
        return Err(NotMade::Faults(faults));
    }
    let (state, integration, link) = (viewer.state.clone(), viewer.integration.clone(), viewer.link.clone());
    let work =
        async move { Making { state, integration: &integration, link: &link }.carry_out(&request, fields).await };
    // Nobody's leaving cuts it off in the middle.
    let running = viewer.state.background.start(work).ok_or(ProblemCode::Unavailable)?;
    running.await.map_err(|_panicked| ProblemCode::Internal)?
}

/// What is wrong with it, by the form's fields.
fn faults(request: &CreateRequest) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut wrong = |name: &str, said: Said| faults.push((name.to_owned(), said));
    if !(TITLE_CHARS_MIN..=TITLE_CHARS_MAX).contains(&request.title.trim().chars().count()) {
        wrong("title", Said::ours(|language| words::title_wrong(language, TITLE_CHARS_MIN, TITLE_CHARS_MAX)));
    }
    if request.description.chars().count() > DESCRIPTION_CHARS_MAX {
        wrong("description", Said::ours(|language| words::description_too_long(language, DESCRIPTION_CHARS_MAX)));
    }
    if request.rule_id.is_none() && request.people.is_empty() {
        wrong("to", Said::ours(words::who_missing));
    }
    if request.people.len() > PEOPLE_MAX {
        wrong("to", Said::ours(|language| words::who_too_many(language, PEOPLE_MAX)));
    }
    faults
}

/// What came of another arrival of the same form.
enum Before {
    /// This one is the first.
    None,
    /// It made this.
    Made(String),
    /// Nobody knows; since then somebody may have made it.
    Unknown(Millis),
}

/// One form on its way.
struct Making<'a> {
    state: State,
    integration: &'a Integration,
    link: &'a Link,
}

impl Making<'_> {
    async fn carry_out(
        &self,
        request: &CreateRequest,
        fields: BTreeMap<String, FieldValue>,
    ) -> Result<Created, NotMade> {
        let token = hex_sha256(&request.token);
        let form = FormKey { integration: &self.integration.key, user_id: &self.link.employee.user_id, token: &token };
        let client = credential::person(&self.state, self.integration, self.link).await?.within(CALL_LIMIT);
        let known = match self.before(form).await? {
            Before::Made(id) => return Ok(Created { id, done: false }),
            Before::Unknown(asked) => self.found(&client, request, asked).await?,
            Before::None => None,
        };
        let id = match known {
            Some(id) => id,
            None => match client.create_incident(&wanted(request, &fields)).await {
                Ok(id) => id,
                Err(error) if error.may_have_happened() => return Err(NotMade::Unclear),
                Err(error) => {
                    self.forget(form).await?;
                    if error.class == ErrorClass::Unauthorized {
                        link_end::broke(&self.state, self.link).await?;
                    }
                    return Err(refused(error).into());
                }
            },
        };
        self.settle(form, &id, request).await?;
        self.learn(&client, &id).await;
        Ok(Created { id, done: true })
    }

    /// Notes that the form has arrived, or waits for the end of its other arrival.
    async fn before(&self, form: FormKey<'_>) -> Result<Before, NotMade> {
        for _ in 0..POLLS_MAX {
            let now = self.state.world.now();
            let mut tx = self.state.store.begin().await?;
            if made_incident::begin(&mut tx, form, now, now.plus(LEASE)).await? {
                tx.commit().await?;
                return Ok(Before::None);
            }
            match made_incident::get(&mut tx, form).await? {
                Some(made) => {
                    if let Some(id) = made.incident_id {
                        return Ok(Before::Made(id));
                    }
                    if made_incident::take_over(&mut tx, form, now, now.plus(LEASE)).await? {
                        tx.commit().await?;
                        return Ok(Before::Unknown(made.asked));
                    }
                }
                // Its other arrival was refused a moment ago.
                None => continue,
            }
            drop(tx);
            pause().await;
        }
        Err(NotMade::Unclear)
    }

    /// The incident that an earlier arrival has made unseen.
    async fn found(&self, client: &Client, request: &CreateRequest, asked: Millis) -> Result<Option<String>, NotMade> {
        let query = IncidentQuery {
            start_s: asked.minus(CLOCK_MARGIN).seconds(),
            end_s: self.state.world.now().plus(CLOCK_MARGIN).seconds(),
            creator_ids: vec![self.link.member.member_id],
            page: 1,
            limit: 100,
            ..IncidentQuery::default()
        };
        let made = client.incident_list(&query).await.map_err(|_| NotMade::Unclear)?.items;
        let same = |one: &&flashduty::Incident| {
            one.title.trim() == request.title.trim()
                && one.severity == convert::severity_of(request.severity)
                && one.channel_id == request.channel.unwrap_or(0)
        };
        Ok(made.iter().find(same).map(|one| one.incident_id.clone()))
    }

    async fn forget(&self, form: FormKey<'_>) -> Result<(), NotMade> {
        let mut tx = self.state.store.begin().await?;
        made_incident::forget(&mut tx, form).await?;
        Ok(tx.commit().await?)
    }

    /// Writes down what came of it, before anybody can ask again.
    async fn settle(&self, form: FormKey<'_>, id: &str, request: &CreateRequest) -> Result<(), NotMade> {
        let mut tx = self.state.store.begin().await?;
        made_incident::end(&mut tx, form, id).await?;
        let detail = json!({ "channel": request.channel, "severity": request.severity.name() });
        let (key, actor) = (&self.integration.key, &self.link.employee.user_id);
        audit::write(&self.state, &mut tx, key, actor, "create", id, detail).await?;
        Ok(tx.commit().await?)
    }

    /// The mirror has it at once; what cannot be read now the webhook brings.
    async fn learn(&self, client: &Client, id: &str) {
        let asked = self.state.world.now();
        let read = match client.incident(id).await {
            Ok(read) => convert::incident(&read),
            Err(error) => {
                tracing::info!(code = error.code, "a new incident could not be read");
                return;
            }
        };
        let taken = async {
            let mut tx = self.state.store.begin().await?;
            incidents::take_read(&self.state, &mut tx, &self.integration.key, read, asked).await?;
            tx.commit().await
        };
        if let Err(error) = taken.await {
            tracing::warn!(%error, "a new incident could not be kept");
        }
        self.state.wake();
    }
}

fn wanted(request: &CreateRequest, fields: &BTreeMap<String, FieldValue>) -> NewIncident {
    NewIncident {
        title: request.title.trim().to_owned(),
        description: request.description.clone(),
        severity: convert::severity_of(request.severity),
        channel_id: request.channel.unwrap_or(0),
        to: match &request.rule_id {
            Some(rule_id) => AssignNew::Rule(rule_id.clone()),
            None => AssignNew::People(request.people.clone()),
        },
        fields: fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect(),
    }
}

/// The reason in words. A form of the account is what a refused parameter means where it names one.
fn refused(error: FlashdutyError) -> Refusal {
    match error.class {
        ErrorClass::InvalidParameter if error.message.contains("custom_field") => {
            Refusal::told(ProblemCode::FormNeeded, error.message)
        }
        ErrorClass::InvalidParameter | ErrorClass::NotFound => Refusal::told(ProblemCode::NotNow, error.message),
        _ => error.into(),
    }
}

#[expect(clippy::disallowed_methods, reason = "waits for another process, which cannot wake us")]
async fn pause() {
    tokio::time::sleep(POLL).await;
}
