use crate::wire;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// One page of a list (reference 2.5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
pub struct Page<T> {
    /// The rows; what is not an object is left out.
    #[serde(default = "Vec::new", deserialize_with = "wire::list")]
    pub items: Vec<T>,
    /// How many there are in all. Flashduty stops counting incidents at 1,000; 0 where it does not count.
    #[serde(default, deserialize_with = "wire::integer")]
    pub total: i64,
    /// Whether another page follows.
    #[serde(default, deserialize_with = "wire::flag")]
    pub has_next_page: bool,
    /// Opaque: given back to read on from here. Empty where there is none.
    #[serde(default, deserialize_with = "wire::text")]
    pub search_after_ctx: String,
}

impl<T> Page<T> {
    /// For lists that count but do not say whether they go on. `page` counts from 1, 0 is the first too.
    pub(crate) fn with_next_page(mut self, page: u32, limit: u32) -> Self {
        let seen = i64::from(page.max(1)).saturating_mul(i64::from(limit));
        self.has_next_page = self.has_next_page || (!self.items.is_empty() && seen < self.total);
        self
    }
}
