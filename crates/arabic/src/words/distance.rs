//! Edit distance between two words.

/// The number of edits (insert, drop, replace a character, swap two neighbours) that turn `a` into `b`; `None` if it is more
/// than `at_most`.
///
/// Optimal string alignment, the restricted form of the Damerau–Levenshtein distance: no part is edited twice. Characters
/// are compared as they are, so pass folded forms. Work is bounded by the length times `at_most`.
pub fn edit_distance(a: &str, b: &str, at_most: usize) -> Option<usize> {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let at_most = at_most.min(a.len().max(b.len()));
    if a.len().abs_diff(b.len()) > at_most {
        return None;
    }
    let too_far = at_most + 1;
    // Three rows of the table, each only within `at_most` of the diagonal: what lies outside is too far anyhow.
    let mut before: Vec<usize> = vec![too_far; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).map(|j| j.min(too_far)).collect();
    let mut row: Vec<usize> = vec![too_far; b.len() + 1];
    for i in 1..=a.len() {
        let first = i.saturating_sub(at_most).max(1);
        let end = b.len().min(i + at_most);
        row[first - 1] = if first == 1 { i.min(too_far) } else { too_far };
        let mut best = row[first - 1];
        for j in first..=end {
            let same = a[i - 1] == b[j - 1];
            let mut cost = (last[j - 1] + usize::from(!same)).min(row[j - 1] + 1).min(last[j] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row[j] = cost.min(too_far);
            best = best.min(row[j]);
        }
        if end < b.len() {
            row[end + 1] = too_far;
        }
        // A swap reaches back two rows, so one row beyond the bound is not the end yet.
        if best > at_most && last.iter().all(|cost| *cost > at_most) {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    Some(last[b.len()]).filter(|distance| *distance <= at_most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(a: &str, b: &str, distance: usize) {
        assert_eq!(edit_distance(a, b, distance), Some(distance), "{a} {b}");
        assert_eq!(edit_distance(a, b, 9), Some(distance), "{a} {b}");
        if distance > 0 {
            assert_eq!(edit_distance(a, b, distance - 1), None, "{a} {b}");
        }
    }

    #[test]
    fn edits_are_counted_in_characters() {
        check("", "", 0);
        check("", "عام", 3);
        check("الفلسطنيه", "الفلسطينيه", 1);
        check("وزاره", "وزيره", 1);
        check("مالية", "ماليزيا", 3);
        check("موازنه", "موزانه", 1);
        check("kitten", "sitting", 3);
    }

    /// The whole table, as the textbook has it.
    fn slow(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let change = usize::from(a[i - 1] != b[j - 1]);
                    let plain = (table[i - 1][j - 1] + change).min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        plain.min(table[i - 2][j - 2] + 1)
                    } else {
                        plain
                    }
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn the_bounded_answer_is_the_full_one(a in "[ابتa]{0,9}", b in "[ابتa]{0,9}", at_most in 0_usize..6) {
            let full = slow(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
            prop_assert_eq!(edit_distance(&a, &b, at_most), Some(full).filter(|full| *full <= at_most));
            prop_assert_eq!(edit_distance(&a, &b, at_most), edit_distance(&b, &a, at_most));
        }
    }
}
