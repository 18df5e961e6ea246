//! A backup is taken while everybody works, and restored whole or not at all, into either database.

use super::child::Program;
use super::stage::{GROUP, KEY, Stage, platforms};
use futures::future::join;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

/// Incidents raised while the backup is taken.
const INCIDENTS: usize = 60;
const OTHER_KEY: &str = "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVyb3Q=";

/// A stage at work, and a backup taken in the middle of it.
async fn backed_up(database: Option<String>) -> (Stage, String) {
    let sim = platforms().await;
    let program = match database {
        Some(url) => Program::between(&sim).with("DINGDUTY_DATABASE_URL", &url),
        None => Program::between(&sim),
    };
    let stage = Stage::set_up(sim, program).await;
    stage.join(GROUP).await;
    stage.linked("zhang.wei").await;
    let file = stage.program.folder.join("copy.backup").display().to_string();
    let working = async {
        for number in 0..INCIDENTS {
            stage.raise(&format!("under load {number}"), &["zhang.wei"]).await;
        }
    };
    let made = async { stage.program.run(&["backup", "--to", &file]).await };
    let ((), made) = join(working, made).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "its owner's alone");
    (stage, file)
}

/// What a place knows, once a backup was restored there.
async fn restored(into: &Program, file: &str) -> Value {
    let ran = into.run(&["restore", "--from", file]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let holds = into.run(&["audit", "verify"]).await;
    assert_eq!(holds.code, Some(0), "one state of the database: {holds:?}");
    let twice = into.run(&["restore", "--from", file]).await;
    assert!(twice.code == Some(1) && twice.err.contains("not empty"), "{twice:?}");
    let replaced = into.run(&["restore", "--from", file, "--replace"]).await;
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    into.run(&["integration", "show", "--key", KEY]).await.json()
}

#[tokio::test]
async fn a_backup_under_load_comes_back_whole_in_either_database() {
    let databases = [Some(None), crate::postgres::database().await.map(Some)];
    for database in databases.into_iter().flatten() {
        let (stage, file) = backed_up(database).await;
        let shown = stage.program.run(&["integration", "show", "--key", KEY]).await.json();
        let mut targets = vec![Program::new()];
        if let Some(url) = crate::postgres::database().await {
            targets.push(Program::new().with("DINGDUTY_DATABASE_URL", &url));
        }
        for target in targets {
            let found = restored(&target.with("DINGDUTY_PUBLIC_URL", &stage.program.base), &file).await;
            assert_eq!((&found["name"], &found["urls"]), (&shown["name"], &shown["urls"]), "secrets open again");
        }
    }
}

#[tokio::test]
async fn a_backup_that_is_not_whole_changes_nothing() {
    let program = Program::new();
    assert_eq!(program.run(&["token", "create", "--name", "one", "--role", "observer"]).await.code, Some(0));
    let file = program.folder.join("whole.backup").display().to_string();
    assert_eq!(program.run(&["backup", "--to", &file]).await.code, Some(0));
    let again = program.run(&["backup", "--to", &file]).await;
    assert!(again.code == Some(1) && again.err.contains("is there already"), "{again:?}");

    let whole = std::fs::read_to_string(&file).unwrap();
    let cut: String = whole.lines().take(whole.lines().count() - 1).map(|line| format!("{line}\n")).collect();
    let less: String =
        whole.lines().filter(|line| !line.contains("api_token\",\"row")).map(|line| format!("{line}\n")).collect();
    let newer = whole.replacen("\"migration\":", "\"migration\":9", 1);
    let uneven = uneven(&whole);
    let foreign = whole.replace("\"table\":\"api_token\"", "\"table\":\"pg_user\"");
    for (name, text, words) in [
        ("cut", cut, "cut off"),
        ("less", less, "rows are missing"),
        ("newer", newer, "newer"),
        ("uneven", uneven, "different columns"),
        ("foreign", foreign, "table that is not known"),
        ("garbage", "<html>".to_owned(), "a line is not one of it"),
        ("empty", String::new(), "does not begin"),
    ] {
        let file = program.file(name, text);
        let ran = program.run(&["restore", "--from", &file, "--replace"]).await;
        assert!(ran.code == Some(1) && ran.err.contains(words), "{name}: {ran:?}");
    }
    let holds = program.run(&["audit", "verify"]).await;
    assert!(holds.code == Some(0) && holds.out.contains("2 lines"), "nothing was changed: {holds:?}");
}

/// A backup with a line of the audit log more, which has lost a column.
fn uneven(whole: &str) -> String {
    let is_audit = |line: &&str| line.starts_with("{\"table\":\"audit\",");
    let first = whole.lines().find(is_audit).unwrap();
    let mut second: Value = serde_json::from_str(first).unwrap();
    second["row"].as_object_mut().unwrap().remove("address");
    whole.replace(first, &format!("{first}\n{second}"))
}

#[tokio::test]
async fn a_backup_is_not_written_through_somebodys_link() {
    let program = Program::new();
    assert_eq!(program.run(&["token", "create", "--name", "one", "--role", "observer"]).await.code, Some(0));
    let elsewhere = program.file("elsewhere", "mine");
    let file = program.folder.join("planted.backup");
    std::os::unix::fs::symlink(&elsewhere, program.folder.join("planted.backup.partial")).unwrap();
    let ran = program.run(&["backup", "--to", &file.display().to_string()]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "mine");
    assert!(std::fs::symlink_metadata(&file).unwrap().is_file());
}

#[tokio::test]
async fn keys_are_changed_with_both_given_and_the_old_one_can_go() {
    let Stage { program, mut serving, .. } = Stage::start().await;
    let old = super::child::SECRET_KEY;
    serving.kill().await;
    let both = program.with("DINGDUTY_SECRET_KEY", &format!("{OTHER_KEY},{old}"));
    let resealed = both.run(&["reseal"]).await;
    assert!(resealed.code == Some(0) && resealed.out.starts_with("1 values"), "{resealed:?}");
    let again = both.run(&["reseal"]).await;
    assert!(again.code == Some(0) && again.out.starts_with("0 values"), "{again:?}");
    let new = both.with("DINGDUTY_SECRET_KEY", OTHER_KEY);
    assert_eq!(new.run(&["integration", "show", "--key", KEY]).await.code, Some(0));
    let lost = new.with("DINGDUTY_SECRET_KEY", old).run(&["reseal"]).await;
    assert!(lost.code == Some(1) && lost.err.contains("no given key opens 1 values"), "{lost:?}");
}
