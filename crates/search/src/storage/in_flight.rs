//! Documents on their way to the engine, bounded by their size: the engine itself lets ten thousand wait, however large.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use tantivy::{Document, TantivyDocument};

/// Bytes that may wait; a larger document waits alone.
const WAITING_MAX_BYTES: usize = 12_000_000;
/// After so long the next document goes on all the same: the engine's own error is told then.
const PATIENCE: Duration = Duration::from_secs(60);

/// The documents that the engine has not taken in yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight(Arc<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    bytes: Mutex<usize>,
    fewer: Condvar,
}

/// A document that counts as long as it waits.
pub(crate) struct WaitingDocument {
    document: TantivyDocument,
    bytes: usize,
    waiting: InFlight,
}

impl InFlight {
    /// Waits until there is room for a document of about this size.
    pub(crate) fn enter(&self, document: TantivyDocument, bytes: usize) -> WaitingDocument {
        let full = |waiting: &mut usize| *waiting > 0 && waiting.saturating_add(bytes) > WAITING_MAX_BYTES;
        let guard = self.0.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.fewer.wait_timeout_while(guard, PATIENCE, full);
        let (mut guard, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *guard = guard.saturating_add(bytes);
        drop(guard);
        WaitingDocument { document, bytes, waiting: self.clone() }
    }
}

impl Drop for WaitingDocument {
    fn drop(&mut self) {
        let mut bytes = self.waiting.0.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *bytes = bytes.saturating_sub(self.bytes);
        self.waiting.0.fewer.notify_all();
    }
}

impl Document for WaitingDocument {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_waits_until_there_is_room() {
        let waiting = InFlight::default();
        let first = waiting.enter(TantivyDocument::new(), WAITING_MAX_BYTES);
        let entered = std::thread::spawn({
            let waiting = waiting.clone();
            move || drop(waiting.enter(TantivyDocument::new(), 1))
        });
        assert!(!entered.is_finished());
        drop(first);
        entered.join().unwrap();
        assert_eq!(*waiting.0.bytes.lock().unwrap(), 0);
    }
}
