//! The inputs that fuzzing found worth keeping, as an ordinary test: `server/fuzz/corpus/<target>`. Each is also tried
//! with pieces of it changed, from a seed, so that the properties are not only seen to hold of what is kept.

use crate::properties::{ALL, Property};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use world::{ManualClock, Millis, SeededChance, World};

/// Files of a corpus, at most: it is read by people, too.
const FILES_MAX: usize = 80;
const FILE_BYTES_MAX: u64 = 4_096;
const SEED: u64 = 20_261_123;
/// Changed copies of each file.
const COPIES: usize = 20;

#[test]
fn what_was_found_worth_keeping_holds() {
    for (target, property) in ALL {
        let files = files(target);
        assert!((5..=FILES_MAX).contains(&files.len()), "{target} has {} files", files.len());
        for file in files {
            assert!(file.metadata().unwrap().len() <= FILE_BYTES_MAX, "{} is too large", file.display());
            let data = std::fs::read(&file).unwrap();
            holds(property, &data, &format!("{}", file.display()));
        }
    }
}

#[test]
fn what_is_like_it_holds_too() {
    let world = World::new(Arc::new(ManualClock::at(Millis(0))), Arc::new(SeededChance::new(SEED)));
    for (target, property) in ALL {
        let files: Vec<Vec<u8>> = files(target).iter().map(|file| std::fs::read(file).unwrap()).collect();
        for index in 0..files.len() * COPIES {
            let data =
                changed(&files[index % files.len()], &files[usize::from(world.bytes::<1>()[0]) % files.len()], &world);
            holds(property, &data, &format!("{target}, seed {SEED}, copy {index}"));
        }
    }
}

fn holds(property: Property, data: &[u8], called: &str) {
    if catch_unwind(AssertUnwindSafe(|| property(data))).is_err() {
        panic!("{called} breaks it: {:?}", String::from_utf8_lossy(data));
    }
}

fn files(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A copy with a piece left out, said twice, taken from another one, or with a byte changed.
fn changed(one: &[u8], other: &[u8], world: &World) -> Vec<u8> {
    let number = |below: usize| usize::from(u16::from_le_bytes(world.bytes())) % below.max(1);
    let mut data = one.to_vec();
    for _ in 0..=number(3) {
        let start = number(data.len());
        let end = (start + number(16)).min(data.len());
        match number(4) {
            0 => drop(data.drain(start..end)),
            1 => {
                let piece = data[start..end].to_vec();
                data.splice(start..start, piece);
            }
            2 => {
                let from = number(other.len());
                data.splice(start..end, other[from..(from + number(32)).min(other.len())].iter().copied());
            }
            _ => {
                if let Some(byte) = data.get_mut(start) {
                    *byte = world.bytes::<1>()[0];
                }
            }
        }
    }
    data
}
