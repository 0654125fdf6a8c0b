//! What people search for, for editors.

use diwan_content::{Actor, Locale, rights::Action};
use diwan_store::{ReportedQuery, SearchReport};

use crate::{
    cms::Cms,
    error::CmsError,
    reads::{check_day, check_size},
};

/// Which queries, of which days.
#[derive(Debug, Clone)]
pub struct SearchReportInput {
    /// Which.
    pub report: SearchReport,
    /// First day, `YYYY-MM-DD`; absent: as far back as counts are kept.
    pub from: Option<String>,
    /// Last day; absent: today.
    pub to: Option<String>,
    /// Searches in this locale alone; absent: all.
    pub locale: Option<Locale>,
    /// Size of a page, 1 to 100; 20 when absent.
    pub size: Option<u32>,
}

impl Cms {
    /// The most frequent queries, or those that found nothing.
    ///
    /// # Errors
    /// Only for those who may read content somewhere; parameters that cannot be read.
    pub async fn search_report(&self, actor: &Actor, input: SearchReportInput) -> Result<Vec<ReportedQuery>, CmsError> {
        let SearchReportInput { report, from, to, locale, size } = input;
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        actor.scope_for(Action::Read, &hierarchy).map_err(|_| CmsError::Forbidden(Action::Read))?;
        let mut faults = Vec::new();
        let size = check_size(size, &mut faults);
        let from_day = check_day(from, "from", &mut faults).unwrap_or(0);
        let to_day = check_day(to, "to", &mut faults).unwrap_or(u32::MAX);
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let locale = locale.as_ref().map(Locale::as_str);
        Ok(snapshot.report_searches(report, (from_day, to_day), locale, size).await?)
    }
}
