//! Closed sets: enums whose list of variants is derived, so that none can be forgotten in it.

use strum::VariantArray;

/// The variants of an enum in the order of their declaration: for the `ALL` of a closed set, whose length `EnumCount` derives.
pub const fn variants<T: VariantArray + Copy, const N: usize>() -> [T; N] {
    let mut all = [T::VARIANTS[0]; N];
    let mut place = 0;
    while place < N {
        all[place] = T::VARIANTS[place];
        place += 1;
    }
    all
}
