//! Wakes followers of the event log.
/// Is marked changed after every commit with events.
#[derive(Debug, Clone)]
pub struct Watch(pub(crate) tokio::sync::watch::Receiver<u64>);

impl Watch {
    /// Waits until there may be new events. Answers at once when there were commits since the last call.
    pub async fn changed(&mut self) {
        todo!()
    }
}
