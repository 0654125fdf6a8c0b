//! Parameters of lists in both APIs.

use diwan_cms::MAX_PAGE_SIZE;
use diwan_content::CURSOR_MAX_CHARS;

use super::parameters::Parameter;

/// Size of a page.
pub(crate) const PAGE_SIZE: Parameter<u32> =
    Parameter::number("page[size]", 1, MAX_PAGE_SIZE as i64, "at most so many; 20 when absent");
/// Place of a page.
pub(crate) const PAGE_AFTER: Parameter<String> =
    Parameter::text("page[after]", CURSOR_MAX_CHARS, "cursor from `page.next` of the answer before");
