//! Reads that answer more than one plain page.

use crate::{cms::Cms, error::CmsError, reads::search::log::ClientToken};

impl Cms {
    /// Runs such a read in a place of the lane for them, and to its end also if the caller gives up. Clients take turns.
    /// Hold no snapshot meanwhile. A list enters the lane by itself.
    ///
    /// # Errors
    /// [`CmsError::Overloaded`] if it gets no place in time.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        client: ClientToken,
        read: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, CmsError> {
        let place = self.parts().answer_lane.enter(client).await?;
        place.run(async move { Ok(read.await) }).await
    }
}
