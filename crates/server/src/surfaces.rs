//! How the routes are put together: which prefix they have and who may use them.

use std::sync::Arc;

use crate::{
    delivery, health,
    http::{
        app::App,
        frame::Frame,
        route::{Gate, Surface},
    },
    management,
    openapi::{self, Documents},
    pages,
};

/// The APIs, their documents and the routes of operation. Metrics are here, for keys, unless they have an address of their own.
pub(crate) fn main_frame(app: &Arc<App>, with_metrics: bool) -> Frame {
    let documents = Arc::new(Documents::default());
    let mut surfaces = vec![
        Surface::new(Gate::Open, "", vec![health::live()]),
        Surface::new(Gate::KeyAllowed, "", vec![health::ready()]),
        Surface::new(Gate::Open, "", pages::routes()),
        Surface::new(Gate::KeyAllowed, "", vec![openapi::delivery_route(documents.clone())]),
        Surface::new(Gate::ManagementKeyNeeded, "", vec![openapi::management_route(documents)]),
        Surface::new(Gate::KeyAllowed, delivery::PREFIX, delivery::routes()),
        Surface::new(Gate::ManagementKeyNeeded, management::PREFIX, management::routes()),
    ];
    if with_metrics {
        surfaces.push(Surface::new(Gate::KeyNeeded, "", vec![health::keyed_metrics()]));
    }
    Frame::new(app.clone(), surfaces)
}

/// Metrics and health, for an address of their own, which operators alone reach.
pub(crate) fn metrics_frame(app: &Arc<App>) -> Frame {
    let routes = vec![health::live(), health::operators_ready(), health::open_metrics()];
    Frame::new(app.clone(), vec![Surface::new(Gate::Open, "", routes)])
}
