//! One incident in full: the panel that comes alive, and in it what the server alone draws.

use super::beside::{beside, labels};
use super::frame::viewing;
use super::panel::incident_panel;
use crate::place::Place;
use crate::visit::Visit;
use contract::choice::IncidentMore;
use contract::incident::IncidentDetail;
use leptos::prelude::*;

/// The incident on the page `place`; its forms come back there.
pub fn detail(visit: &Visit, place: &Place, (detail, more): (IncidentDetail, IncidentMore)) -> AnyView {
    let language = visit.language;
    let labelled = labels(&detail.incident.labels, language);
    let rest = beside(visit, place, &detail.incident, more);
    let viewing = viewing(visit, place);
    incident_panel(detail, viewing, view! { {rest} {labelled} }.into_any())
}
