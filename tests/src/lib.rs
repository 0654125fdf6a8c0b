//! Stories over the whole system; see `stories/`.
