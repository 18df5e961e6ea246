use crate::wire;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// An enumeration of Flashduty's: known names, any letter case; unknown ones are kept as they came.
macro_rules! names {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident),+ }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$what])* $variant,)+
            /// One this version does not know; empty when none was given.
            Other(String),
        }

        impl $name {
            /// Flashduty's name of it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => stringify!($variant),)+
                    Self::Other(name) => name,
                }
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                match name {
                    $(_ if name.eq_ignore_ascii_case(stringify!($variant)) => Self::$variant,)+
                    _ => Self::Other(name.to_owned()),
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
                target.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                wire::text(source).map(|name| Self::from(name.as_str()))
            }
        }
    };
}

names! {
    /// Where an incident stands (reference 3, 4.1).
    Progress {
        /// Nobody has acknowledged it.
        Triggered,
        /// Somebody has.
        Processing,
        /// Over.
        Closed
    }
}

names! {
    /// How bad it is; as a status, `Ok` means that all alerts have recovered (reference 3).
    Severity {
        /// Red.
        Critical,
        /// Orange.
        Warning,
        /// Yellow.
        Info,
        /// Green.
        Ok
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_go_there_and_back() {
        for (given, progress) in [
            (json!("Triggered"), Progress::Triggered),
            (json!("closed"), Progress::Closed),
            (json!("Paused"), Progress::Other("Paused".into())),
            (json!(3), Progress::Other("3".into())),
            (json!(null), Progress::default()),
            (json!({}), Progress::default()),
        ] {
            let read = Progress::deserialize(&given).unwrap();
            assert_eq!(read, progress);
            assert_eq!(Progress::deserialize(json!(read)).unwrap(), progress);
        }
        assert_eq!(json!(Severity::Ok), json!("Ok"));
    }
}
