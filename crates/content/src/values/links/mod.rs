//! URLs, and what written links lead to.

mod link_target;
mod web_address;

pub(crate) use self::{
    link_target::{LinkTarget, is_inner_link},
    web_address::{is_relative, is_url},
};
