//! What people search for, for editors.

use diwan_content::{Actor, CalendarDate, Fault, FaultCode, Locale, Pointer, rights::Action};
use diwan_search::day_number;
use diwan_store::{ReportedQuery, SearchReport};

use crate::{cms::Cms, error::CmsError, reads::check_size};

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
    /// At most so many, 1 to 100; 20 when absent.
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
        actor.scope_for(Action::Read, &hierarchy).map_err(|_| CmsError::Forbidden("read_search_reports"))?;
        let mut faults = Vec::new();
        let size = check_size(size, &mut faults);
        let from_day = read_day(from, "from", &mut faults).map_or(0, day_number);
        let to_day = read_day(to, "to", &mut faults).map_or(u32::MAX, day_number);
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let locale = locale.as_ref().map(Locale::as_str);
        Ok(snapshot.report_searches(report, (from_day, to_day), locale, size).await?)
    }
}

fn read_day(day: Option<String>, parameter: &str, faults: &mut Vec<Fault>) -> Option<CalendarDate> {
    let parsed = day?.parse().ok();
    if parsed.is_none() {
        let fault = Fault::new(Pointer::root().key(parameter), FaultCode::InvalidParameter);
        faults.push(fault.with("expected", "a day such as 2026-11-23"));
    }
    parsed
}
