//! Configuration by file and environment: what is wrong is told in one line that names the setting and the cure.

use super::child::{Program, SECRET_KEY};

async fn refused(program: &Program) -> String {
    let ran = program.run(&["integration", "list"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.out.is_empty(), "{ran:?}");
    assert_eq!(ran.err.trim_end().lines().count(), 1, "{ran:?}");
    ran.err
}

#[tokio::test]
async fn a_fault_in_the_environment_names_the_variable_and_the_cure_and_not_the_value() {
    for (name, value, words) in [
        ("DINGDUTY_SECRET_KEY", "", "openssl rand -base64 32"),
        ("DINGDUTY_SECRET_KEY", "hunter2", "openssl rand -base64 32"),
        ("DINGDUTY_SECRET_KEY", "aHVudGVyMg==", "32 bytes"),
        ("DINGDUTY_LISTEN", "3000", "127.0.0.1:3000"),
        ("DINGDUTY_PUBLIC_URL", "hunter2.example", "https://"),
        ("DINGDUTY_PUBLIC_URL", "https://hunter2.example/path", "only scheme, host and port"),
        ("DINGDUTY_DATABASE_URL", "mysql://root:hunter2@host/db", "sqlite://"),
        ("DINGDUTY_DINGTALK_API_URL", "hunter2", "https://"),
        ("DINGDUTY_DINGTALK_OAPI_URL", "ftp://hunter2", "https://"),
        ("DINGDUTY_DINGTALK_LOGIN_URL", "hunter2", "https://"),
        ("DINGDUTY_DINGTALK_JSAPI_URL", "hunter2", "https://"),
        ("DINGDUTY_FLASHDUTY_API_URL", "http://user:hunter2@host", "https://"),
        ("DINGDUTY_LOG", "hunter2=loud=x", "info"),
    ] {
        let message = refused(&Program::new().with(name, value)).await;
        assert!(message.contains(name) && message.contains(words), "{name}={value}: {message}");
        assert!(!message.contains("hunter2") && !message.contains("aHVudGVyMg"), "{message}");
    }
}

#[tokio::test]
async fn a_fault_in_the_file_names_the_setting() {
    for (content, words) in [
        (&b"listn = \"127.0.0.1:1\""[..], "listn"),
        (b"listen = 3000", "listen"),
        (b"log = \"info\"\nsecret_key = hunter2", "line 2"),
        (b"database_url = \"oracle://hunter2\"", "database_url"),
        (b"log = \"\xff\xfe\"", "dingduty.toml"),
    ] {
        let program = Program::new().with("DINGDUTY_DATABASE_URL", "");
        program.file("dingduty.toml", content);
        let message = refused(&program).await;
        assert!(message.contains(words) && !message.contains("hunter2"), "{message}");
    }
}

#[tokio::test]
async fn a_file_that_is_named_must_be_there_and_readable() {
    let program = Program::new();
    let folder = program.folder.display().to_string();
    for file in ["absent.toml", &folder] {
        let ran = program.run(&["--config", file, "integration", "list"]).await;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(file) && ran.err.contains("cannot be read"), "{ran:?}");
    }
}

#[tokio::test]
async fn the_environment_wins_over_the_file() {
    let program = Program::new().with("DINGDUTY_DATABASE_URL", "").with("DINGDUTY_SECRET_KEY", "");
    let text = format!("secret_key = \"{SECRET_KEY}\"\ndatabase_url = \"sqlite://of-the-file.db\"\n");
    program.file("dingduty.toml", text);
    assert_eq!(program.run(&["integration", "list"]).await.code, Some(0));
    assert!(program.folder.join("of-the-file.db").exists());
    let program = program.with("DINGDUTY_DATABASE_URL", "sqlite://of-the-environment.db");
    assert_eq!(program.run(&["integration", "list"]).await.code, Some(0));
    assert!(program.folder.join("of-the-environment.db").exists());
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_names_its_setting_and_no_password() {
    for url in ["sqlite://absent/folder/x.db", "sqlite:///", "postgres://user:hunter2@127.0.0.1:9/db"] {
        let ran = Program::new().with("DINGDUTY_DATABASE_URL", url).run(&["integration", "list"]).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains("database_url") && !ran.err.contains("hunter2"), "{ran:?}");
    }
}

#[tokio::test]
async fn another_key_opens_nothing_and_says_so() {
    let program = Program::new();
    let file = program.file("integration.json", super::stage::integration().to_string());
    program.run(&["integration", "add", "--file", &file]).await.json();
    let other = "YW5vdGhlciBrZXksIGFsc28gMzIgYnl0ZXMgbG9uZyE=";
    let program = program.with("DINGDUTY_SECRET_KEY", other);
    let ran = program.run(&["integration", "show", "--key", super::stage::KEY]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("secret_key"), "{ran:?}");
    // The former one beside it opens what it has sealed.
    let program = program.with("DINGDUTY_SECRET_KEY", &format!("{other},{SECRET_KEY}"));
    program.run(&["integration", "show", "--key", super::stage::KEY]).await.json();
}
