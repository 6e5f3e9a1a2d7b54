//! Who still comes to retired addresses.
//!
//! Not the addresses: the file of announcements has those.

use super::{Metrics, add, add_many};

impl Metrics {
    /// These retired addresses are known: each is served with what it has, 0 at first.
    pub fn entry_points_known<'e>(&self, entry_points: impl Iterator<Item = &'e str>) {
        for id in entry_points {
            add_many(&self.entry_points, &[id], 0);
        }
    }

    /// Somebody asked for a retired address, which stands in the file under that id.
    pub fn entry_point_visited(&self, id: &str) {
        add(&self.entry_points, &[id]);
    }
}
