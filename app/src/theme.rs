//! Light or dark: a person's choice first, then DingTalk's own theme, then the system's.

/// What a person chose. The names are fixed: the cookie and the form use them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Follow DingTalk, then the system.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// All choices, in the order the menu draws them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The fixed name.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The choice of a fixed name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// The value of `<html data-theme>`: absent while the client decides.
    pub fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then_some(self.name())
    }
}
