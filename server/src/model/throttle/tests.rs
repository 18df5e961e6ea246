use super::*;

/// A process with its steady clock; the wall clock is common to all.
struct Process {
    steady: Steady,
    prefix: String,
    taken: usize,
}

/// One window, one truth about time, and what DingTalk saw.
struct Scene {
    window: Window,
    /// True milliseconds, which no clock shows.
    true_ms: i64,
    /// What the machine's clock shows beyond that.
    set_ms: i64,
    arrived: Vec<i64>,
}

const MOST: usize = 5;

impl Scene {
    fn moment(&self) -> Moment {
        let steady = Duration::from_millis(self.true_ms.unsigned_abs());
        Moment { now: Millis(1_000_000_000 + self.true_ms + self.set_ms), steady }
    }

    fn take(&mut self, process: &mut Process) -> Option<String> {
        let moment = self.moment();
        process.steady.look(moment);
        self.window.settle(moment, &process.steady, &process.prefix);
        process.taken += 1;
        let id = format!("{}{}", process.prefix, process.taken);
        self.window.take(&id, MOST, moment, &mut process.steady).then_some(id)
    }

    fn answer(&mut self, process: &mut Process, id: &str) {
        let moment = self.moment();
        process.steady.look(moment);
        self.window.answered(id, moment, &mut process.steady);
    }

    fn most_in_a_second(&self) -> usize {
        let mut arrived = self.arrived.clone();
        arrived.sort_unstable();
        (0..arrived.len())
            .map(|end| arrived[..=end].iter().filter(|at| **at > arrived[end] - 1_000).count())
            .max()
            .unwrap_or(0)
    }
}

fn scene() -> Scene {
    Scene { window: Window::default(), true_ms: 0, set_ms: 0, arrived: Vec::new() }
}

fn process(name: &str, scene: &Scene) -> Process {
    Process { steady: Steady::new(scene.moment()), prefix: format!("{name}-"), taken: 0 }
}

/// Two processes call as fast as they are let. Calls arrive at the worst moments, the clock is set to and fro, processes
/// stall, one dies with calls under way and is born again.
#[test]
fn no_second_ever_holds_too_many() {
    let (seeds, mut calls) = (400, 0);
    for seed in 1..=seeds {
        let mut dice: u64 = seed;
        let mut roll = |sides: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            i64::try_from(dice % sides).unwrap()
        };
        let mut scene = scene();
        let mut processes = [process("a", &scene), process("b", &scene)];
        let mut under_way: Vec<(usize, String, i64, i64)> = Vec::new();
        for step in 0..3_000 {
            scene.true_ms += [0, 1, 3, 20, 90][usize::try_from(roll(5)).unwrap()];
            let which = usize::try_from(roll(2)).unwrap();
            match roll(400) {
                0 => scene.set_ms += roll(40_000) - 20_000,
                1 => scene.true_ms += 3_000,
                2 => {
                    // What a dead process had sent still arrives; nobody tells of the answers.
                    under_way.retain(|(owner, ..)| *owner != which);
                    processes[which] = process(&format!("{which}{step}"), &scene);
                }
                _ => {}
            }
            let now = scene.true_ms;
            let ended: Vec<_> = under_way.iter().filter(|(_, _, _, at)| *at <= now).cloned().collect();
            under_way.retain(|(_, _, _, at)| *at > now);
            for (owner, id, ..) in ended {
                scene.answer(&mut processes[owner], &id);
            }
            if let Some(id) = scene.take(&mut processes[which]) {
                let takes_ms = [5, 40, 900, 9_000][usize::try_from(roll(4)).unwrap()];
                scene.arrived.push(now + roll(u64::try_from(takes_ms).unwrap()));
                under_way.push((which, id, now, now + takes_ms));
            }
        }
        assert!(scene.most_in_a_second() <= MOST, "seed {seed}: {}", scene.most_in_a_second());
        calls += scene.arrived.len();
    }
    assert!(calls > 50 * usize::try_from(seeds).unwrap(), "only {calls} calls");
}

#[test]
fn a_turn_is_free_a_second_after_its_answer() {
    let mut scene = scene();
    let mut one = process("a", &scene);
    let ids: Vec<_> = (0..MOST).map(|_| scene.take(&mut one).unwrap()).collect();
    assert_eq!(scene.take(&mut one), None);
    scene.true_ms = 300;
    scene.answer(&mut one, &ids[0]);
    assert_eq!(scene.window.wait(scene.moment(), &one.steady), Span::Second.behind());
    scene.true_ms = 1_349;
    assert_eq!(scene.take(&mut one), None);
    scene.true_ms = 1_350;
    assert!(scene.take(&mut one).is_some());
}

#[test]
fn who_dies_gives_its_turns_back_by_time() {
    let mut scene = scene();
    let (mut one, mut two) = (process("a", &scene), process("b", &scene));
    for _ in 0..MOST {
        scene.take(&mut one).unwrap();
    }
    scene.true_ms = i64::try_from(Span::Second.untold().as_millis()).unwrap() - 1;
    assert_eq!(scene.take(&mut two), None);
    scene.true_ms += 1;
    assert!(scene.take(&mut two).is_some());
}

#[test]
fn a_clock_set_far_back_holds_nobody_for_long() {
    let mut scene = scene();
    let mut one = process("a", &scene);
    for _ in 0..MOST {
        let id = scene.take(&mut one).unwrap();
        scene.answer(&mut one, &id);
    }
    scene.set_ms = -3_600_000;
    // Its own turns end by the steady clock, another's after the longest they can last.
    let mut two = process("b", &scene);
    assert_eq!(scene.take(&mut two), None);
    scene.true_ms = 1_050;
    assert!(scene.take(&mut one).is_some());
    assert!(scene.take(&mut two).is_some());
}

#[test]
fn a_clock_set_before_the_first_look_is_noticed() {
    let mut scene = scene();
    let (mut one, mut two) = (process("a", &scene), process("b", &scene));
    scene.true_ms = 20_000;
    for _ in 0..MOST {
        let id = scene.take(&mut one).unwrap();
        scene.answer(&mut one, &id);
    }
    scene.set_ms = 30_000;
    assert_eq!(scene.take(&mut two), None);
    scene.true_ms += 1_050;
    assert!(scene.take(&mut two).is_some());
}

#[test]
fn refusals_pause_and_slow_down() {
    let mut scene = scene();
    let mut one = process("a", &scene);
    for (told_ms, pause_ms) in [(1_000, 1_000), (1_000, 2_000), (1_000, 4_000), (1_000, 4_000), (3_600_000, 60_000)] {
        scene.window.refused(Duration::from_millis(told_ms), scene.moment().now);
        assert_eq!(scene.take(&mut one), None, "paused");
        assert_eq!(scene.window.pause_until, scene.moment().now.plus(Duration::from_millis(pause_ms)));
        scene.window.pause_until = scene.moment().now;
    }
    let taken = std::iter::from_fn(|| scene.take(&mut one)).count();
    assert_eq!(taken, MOST / 2, "half as many for a while");
    scene.true_ms = 61_000;
    assert_eq!(std::iter::from_fn(|| scene.take(&mut one)).count(), MOST);
    assert_eq!(scene.window.strikes, 0);
}
