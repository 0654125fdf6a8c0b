//! Glyphs and where they stand.

use hayro_font::kurbo::{Affine, Point, Vec2};

/// A glyph, or a ligature of several letters, on a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    /// Its letters in the order in which they are read; empty for a stroke that only lengthens one.
    pub(super) text: String,
    /// Which way the line runs that it stands on; of length 1.
    pub(super) direction: Vec2,
    /// Where it begins, along that line.
    pub(super) start: f64,
    /// Where it ends.
    pub(super) end: f64,
    /// How high the line stands: lines further down have less.
    pub(super) height: f64,
    /// Size of its font on the page.
    pub(super) size: f64,
}

impl Placed {
    /// A glyph that is drawn by this transform from its origin on, so long and so high in the transform's space. `None` for
    /// one that a degenerate transform makes nothing of.
    pub(super) fn new(text: String, transform: Affine, (advance, size): (f64, f64), rise: f64) -> Option<Self> {
        let at = |x: f64| transform * Point::new(x, rise);
        let [a, b, c, d, _, _] = transform.as_coeffs();
        let (along, up) = (Vec2::new(a, b), Vec2::new(c, d) * size);
        let direction = along / along.hypot();
        // Texts laid over a scan have Arabic words mirrored, so that their letters follow each other from the right.
        let is_mirrored = direction.cross(up) < 0.0 && direction.x < 0.0;
        let direction = if is_mirrored { -direction } else { direction };
        let across = Vec2::new(-direction.y, direction.x);
        // A page whose heights grow downwards has its lines upside down.
        let across = if across.dot(up) < 0.0 { -across } else { across };
        let size = up.dot(across);
        let (start, end) = (at(0.0).to_vec2().dot(direction), at(advance).to_vec2().dot(direction));
        let height = at(0.0).to_vec2().dot(across);
        let numbers = [direction.x, direction.y, start, end, height, size];
        let sound = numbers.iter().all(|number| number.is_finite()) && size > 0.0;
        sound.then(|| Self { text, direction, start: start.min(end), end: start.max(end), height, size })
    }

    /// Whether it is white space.
    pub(super) fn is_space(&self) -> bool {
        !self.text.is_empty() && self.text.trim().is_empty()
    }

    /// Whether two glyphs stand on lines of one direction.
    pub(super) fn runs_like(&self, other: &Self) -> bool {
        self.direction.dot(other.direction) > 0.99
    }
}
