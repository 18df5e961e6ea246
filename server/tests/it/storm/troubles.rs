//! What goes wrong in a storm. A call that is cut or forgotten is to the caller what a time-out is: nobody knows.

use super::Storm;
use simulator::{Fault, Peer, Push, faults};

impl Storm {
    pub(super) fn trouble_of_pushes(&mut self) {
        let peer = if self.roll(2) == 0 { Peer::DingTalk } else { Peer::Flashduty };
        let push = match self.roll(4) {
            0 => Push::Duplicate,
            1 => Push::Reorder,
            2 => Push::Late { ms: 30_000 },
            _ => Push::Lose,
        };
        // DingTalk repeats what is not answered, so nothing it pushes is ever lost at once.
        if !(peer == Peer::DingTalk && push == Push::Lose) {
            self.bench.sim.faults.add_push(peer, push, Some(1));
        }
    }

    pub(super) fn trouble_of_clicks(&mut self) {
        let click = match self.roll(3) {
            0 => Push::Duplicate,
            1 => Push::Reorder,
            _ => Push::Late { ms: 5_000 },
        };
        self.bench.sim.faults.add_click(click, Some(1));
    }

    pub(super) fn trouble_of_calls(&mut self) {
        let (peer, path) = match self.roll(6) {
            0 => (Peer::DingTalk, "/v1.0/card/instances"),
            1 => (Peer::DingTalk, "/v1.0/im/sceneGroups/query"),
            2 => (Peer::DingTalk, "/v1.0/oauth2/accessToken"),
            3 => (Peer::Flashduty, "/incident/ack"),
            4 => (Peer::Flashduty, "/incident/list-by-ids"),
            _ => (Peer::Flashduty, "/incident/info"),
        };
        let kind = match self.roll(6) {
            0 => faults::Kind::Cut,
            1 => faults::Kind::Forget,
            2 => faults::Kind::HalfBody,
            3 => faults::Kind::Nothing,
            4 => faults::Kind::WrongTypes,
            _ => faults::Kind::Refuse { status: 500, body: "oops".into() },
        };
        self.bench.sim.faults.add(Fault { peer, path: path.to_owned(), kind, times: Some(2) });
    }
}
