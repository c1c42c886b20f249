//! Counters of what was answered: by operation and status, and never by path.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::dialects;

const FIRST_STATUS: u16 = 100;
const STATUSES: usize = 500;

/// The counters.
pub struct Metrics {
    /// Of the rows: for each vendor its operations, then one for what was none of them; last, one for
    /// what was no vendor's.
    names: Vec<String>,
    /// Of each row one for each status.
    counts: Box<[AtomicU64]>,
}

impl Default for Metrics {
    fn default() -> Self {
        let names = dialects::ALL.iter().flat_map(|vendor| {
            let operations = vendor.operations.iter().map(|it| it.name.to_owned());
            operations.chain([format!("{}.none", vendor.name)])
        });
        let names: Vec<_> = names.chain(["none".to_owned()]).collect();
        let counts = (0..names.len() * STATUSES).map(|_| AtomicU64::new(0)).collect();
        Self { names, counts }
    }
}

impl Metrics {
    /// Counts an exchange.
    pub fn count(&self, vendor: Option<usize>, operation: Option<usize>, status: u16) {
        let row = match vendor {
            None => self.names.len() - 1,
            Some(vendor) => {
                let before = dialects::ALL[..vendor].iter().map(|it| it.operations.len() + 1);
                let before: usize = before.sum();
                before + operation.unwrap_or(dialects::ALL[vendor].operations.len())
            }
        };
        let status = usize::from(status.saturating_sub(FIRST_STATUS)).min(STATUSES - 1);
        self.counts[row * STATUSES + status].fetch_add(1, Ordering::Relaxed);
    }

    /// The counters that aren't 0, in Prometheus' text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, counts) in self.names.iter().zip(self.counts.chunks(STATUSES)) {
            for (status, count) in (FIRST_STATUS..).zip(counts) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    // No answer has the status 100: it stands for none at all.
                    let status = if status == FIRST_STATUS { 0 } else { status };
                    // Writing to a string doesn't fail.
                    let _ = writeln!(
                        text,
                        "people_mock_exchanges_total{{operation=\"{name}\",status=\"{status}\"}} {count}"
                    );
                }
            }
        }
        text
    }
}
