//! Made-up Arabic: the same on every machine.

const LETTERS: &str = "ابتثجحخدذرزسشصضطظعغفقكلمنهويةءأإ";

/// The generator SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    pub(crate) fn words(&mut self, count: usize) -> String {
        let letters: Vec<char> = LETTERS.chars().collect();
        let mut text = String::new();
        for place in 0..count {
            if place > 0 {
                text.push(' ');
            }
            if self.below(3) == 0 {
                text.push_str("ال");
            }
            for _ in 0..3 + self.below(4) {
                text.push(letters[self.below(letters.len() as u64) as usize]);
            }
        }
        text
    }

    /// Markdown of about so many bytes: headings, paragraphs with strong words and links, lists.
    pub(crate) fn markdown(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 400);
        while text.len() < bytes {
            let block = match self.below(8) {
                0 => format!("## {}\n\n", self.words(4)),
                1 => format!("- {}\n- {}\n- {}\n\n", self.words(5), self.words(6), self.words(4)),
                2 => format!("{} [{}](https://example.org/a) {}.\n\n", self.words(8), self.words(2), self.words(8)),
                _ => format!("{} **{}** {}.\n\n", self.words(15), self.words(2), self.words(15)),
            };
            text.push_str(&block);
        }
        text
    }
}
