//! Brackets, which are shown as their mirror images in what is read from the right.

/// Which of a pair a PDF names for a bracket on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brackets {
    /// The one whose shape is on the page.
    AsShown,
    /// The one that was typed: in what is read from the right the page has its mirror image.
    AsRead,
    /// The mirror image of what is on the page, as one was typed where the shape was first used.
    Mirrored,
}

impl Brackets {
    /// All of them; where nothing decides, the first one holds.
    pub(super) const ALL: [Self; 3] = [Self::AsShown, Self::AsRead, Self::Mirrored];

    /// Whether the other one of the pair is read, in what is read from the right or from the left.
    pub(super) fn is_turned(self, from_right: bool) -> bool {
        match self {
            Self::AsShown => from_right,
            Self::AsRead => false,
            Self::Mirrored => !from_right,
        }
    }

    /// The bracket that is read for one that is named.
    pub(super) fn read(self, named: char, from_right: bool) -> char {
        if self.is_turned(from_right) { mirror(named).unwrap_or(named) } else { named }
    }
}

/// Each opening bracket with the one that closes it.
const PAIRS: [(char, char); 6] = [('(', ')'), ('[', ']'), ('{', '}'), ('«', '»'), ('<', '>'), ('‹', '›')];

fn mirror(c: char) -> Option<char> {
    PAIRS.iter().find_map(|(open, close)| match c {
        _ if c == *open => Some(*close),
        _ if c == *close => Some(*open),
        _ => None,
    })
}

/// The mirror image of a unit that is a bracket and nothing else.
pub(super) fn mirrored(unit: &str) -> Option<char> {
    let mut chars = unit.chars();
    let image = mirror(chars.next()?)?;
    chars.next().is_none().then_some(image)
}

/// How many brackets of a text have no partner. One after the label at the beginning of a line, as in `1)`, needs none.
pub(super) fn bracket_faults(text: &str) -> usize {
    let (mut open, mut faults) = (Vec::new(), 0);
    let mut label = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '[' | '{' | '«' => open.push(c),
            ')' | ']' | '}' | '»' => {
                let is_partner = open.last().is_some_and(|last| mirror(*last) == Some(c));
                if is_partner {
                    open.pop();
                } else if !(1..=LABEL_MAX_CHARS).contains(&label) {
                    faults += 1;
                }
            }
            _ => {}
        }
        label = match c {
            '\n' => 0,
            c if c.is_alphanumeric() => label.saturating_add(1),
            _ => usize::MAX,
        };
    }
    faults + open.len()
}

/// Longest label of an item.
const LABEL_MAX_CHARS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_without_partners_are_counted() {
        let cases = [
            ("المادة (3)", 0),
            (")3(", 2),
            ("1) بند", 0),
            ("1( بند", 1),
            ("«أ [ب] (ج)»", 0),
            ("(أ]", 2),
            ("نص طويل)", 1),
        ];
        for (text, faults) in cases {
            assert_eq!(bracket_faults(text), faults, "{text}");
        }
    }

    #[test]
    fn each_bracket_has_its_mirror_image() {
        for (open, close) in PAIRS {
            assert_eq!(mirrored(&open.to_string()), Some(close));
            assert_eq!(mirrored(&close.to_string()), Some(open));
        }
    }
}
