//! A wall clock that somebody sets, for one process alone: a small library between it and the system's clock.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Adds what the file says, in seconds, to the wall clock; other clocks are the system's. The file is read by mapping it
/// into memory, because programs ask for the time often.
const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static volatile int64_t *ahead;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real = dlsym(RTLD_NEXT, "clock_gettime");
    const char *name = getenv("SET_CLOCK_FILE");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = file < 0 ? MAP_FAILED : mmap(0, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    ahead = mapped == MAP_FAILED ? 0 : mapped;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME && ahead) now->tv_sec += *ahead;
    return result;
}
"#;

/// The clock of every process that is started with its settings.
pub struct SetClock {
    library: PathBuf,
    file: PathBuf,
}

impl SetClock {
    /// A clock that is right so far; its files are in `folder`. None where there is no C compiler.
    pub fn new(folder: &Path) -> Option<Self> {
        let (source, library, file) = (folder.join("clock.c"), folder.join("clock.so"), folder.join("clock"));
        std::fs::write(&source, SOURCE).unwrap();
        let made = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source).status();
        let clock = Self { library, file };
        clock.set(0);
        made.is_ok_and(|made| made.success()).then_some(clock)
    }

    /// What the process has to find in its environment.
    pub fn settings(&self) -> [(&'static str, String); 2] {
        [("LD_PRELOAD", self.library.display().to_string()), ("SET_CLOCK_FILE", self.file.display().to_string())]
    }

    /// From now on the wall clock is so many seconds ahead of the true one, or behind it.
    pub fn set(&self, seconds_ahead: i64) {
        use std::os::unix::fs::FileExt;
        let file = std::fs::File::options().create(true).truncate(false).write(true).open(&self.file).unwrap();
        file.write_all_at(&seconds_ahead.to_ne_bytes(), 0).unwrap();
    }
}
