//! How many bytes of messages all connections of a port together may hold.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Room for the bytes of messages; a message waits for its room before it is read.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    kibibytes: Arc<Semaphore>,
}

/// Messages up to this size need no room: connections are bounded too.
pub(crate) const SMALL: usize = 64 * 1024;

impl Room {
    /// Room for `bytes`, and for one message of the `largest` size at least.
    pub fn new(bytes: usize, largest: usize) -> Self {
        Self { kibibytes: Arc::new(Semaphore::new(kibibytes(bytes.max(largest)) as usize)) }
    }

    /// Waits for room; small messages get by without.
    pub async fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        if bytes <= SMALL {
            return None;
        }
        // Never closed.
        self.kibibytes.clone().acquire_many_owned(kibibytes(bytes)).await.ok()
    }
}

fn kibibytes(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)
}
