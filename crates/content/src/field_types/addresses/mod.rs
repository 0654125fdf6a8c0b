//! Mail addresses, telephone numbers and URLs: texts of a known form.

mod contact;
mod email;
mod phone;
mod url;

pub use self::{contact::ContactType, url::UrlType};
