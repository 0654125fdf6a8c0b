//! How a public read is asked for.

use diwan_content::{
    Actor, Expected, Fault, FaultCode, Pointer, Timestamp,
    rights::{Moment, PublicScope},
};

use crate::{cms::Cms, error::CmsError};

/// Who asks, of which moment, and how much. A [`PublicScope`] alone asks for whole entries as they are now.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    /// What may be shown.
    pub scope: PublicScope,
    /// As it is now, or as it was.
    pub moment: Moment,
    /// Which fields, and what beside them.
    pub selection: Selection,
}

/// Which fields of entries are answered and what is expanded beside them, as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Names with commas between them, each a reference field or the reverse of one, with dots to go on from there.
    pub include: Option<String>,
    /// Names of fields with commas between them; all public fields when absent.
    pub fields: Option<String>,
    /// The same for included entries, by the name under which they are included.
    pub included_fields: Vec<(String, String)>,
}

impl From<PublicScope> for ReadRequest {
    fn from(scope: PublicScope) -> Self {
        Self { scope, moment: Moment::Now, selection: Selection::default() }
    }
}

impl Cms {
    /// The moment that somebody asks for.
    ///
    /// # Errors
    /// A time that is ahead; no history is open to this actor at all; the database fails.
    pub async fn moment(&self, actor: &Actor, as_of: Option<Timestamp>) -> Result<Moment, CmsError> {
        let Some(at) = as_of else { return Ok(Moment::Now) };
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        let ahead = |_| {
            let fault = Fault::new(Pointer::root().key("as_of"), FaultCode::InvalidParameter);
            CmsError::BadParameters(vec![fault.expecting(Expected::PastDatetime)])
        };
        let mut past = actor.past(at, self.now(), &hierarchy).map_err(ahead)?;
        let meant = self.moment_meant(at).await?;
        if meant != at {
            past = actor.past(meant, meant, &hierarchy).map_err(ahead)?;
        }
        if self.registry().collections().any(|collection| past.enters(collection)) {
            Ok(Moment::At(past))
        } else {
            Err(CmsError::HistoryClosed)
        }
    }
}

/// A moment as part of what a cursor belongs to.
pub(super) fn moment_bytes(moment: &Moment) -> Vec<u8> {
    let at = moment.past().map(|past| (past.at().unix_ms(), past.is_privileged()));
    at.map_or_else(Vec::new, |(ms, privileged)| [&ms.to_be_bytes()[..], &[u8::from(privileged)]].concat())
}
