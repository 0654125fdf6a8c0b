//! Mail addresses, telephone numbers and URLs: texts of a known form.

mod email;
mod phone;
mod url;

pub use self::{email::EmailType, phone::PhoneType, url::UrlType};
