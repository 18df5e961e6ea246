//! What hostile texts are made of, and numbers from a seed. Rules and stories read the same list.

/// Taken together in any order and number they are what people, programs and attackers write into incidents.
const PIECES: [&str; 34] = [
    "CPU",
    " ",
    "\n",
    "\r\n",
    "\t",
    "标题",
    "🔥",
    "👩‍👩‍👧‍👦",
    "e\u{301}\u{301}\u{301}",
    "\u{202e}",
    "\u{2066}",
    "\u{0}",
    "\u{7}",
    "\u{feff}",
    "${title}",
    "$CORPID$",
    "{{.Title}}",
    "{title}",
    "# ",
    "**",
    "__",
    "`",
    "```\n",
    "[a](javascript:alert(1))",
    "![](http://h/a.png)",
    "<script>alert(1)</script>",
    "<b>",
    "<none>",
    "| a | b |\n|---|---|\n",
    "> ",
    "- [x] ",
    "1. ",
    "\\",
    "&nbsp;",
];

/// A small generator of numbers: the same seed makes the same incident on every machine.
pub struct Seed(pub u64);

impl Seed {
    /// A number below `most`.
    pub fn below(&mut self, most: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % most.max(1)).unwrap()
    }

    /// So many pieces, one after the other.
    pub fn pieces(&mut self, count: usize) -> String {
        (0..count).map(|_| PIECES[self.below(PIECES.len() as u64)]).collect()
    }
}
