//! Shows a linguist what search makes of words: `cargo run -p diwan-arabic --example words -- القوانين والسنة`.

use std::io::{self, Write as _};

use diwan_arabic::{is_attested, is_function_word, tokenize};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "word\tnormal spelling\tstem\tsingulars\tsecond readings\tlisted as")?;
    for text in std::env::args().skip(1) {
        for word in tokenize(&text) {
            let singulars = word.singulars.join("، ");
            let readings = word.readings.join("، ");
            let listed = listed_as(&word.norm);
            writeln!(out, "{}\t{}\t{}\t{singulars}\t{readings}\t{listed}", word.original, word.norm, word.stem)?;
        }
    }
    Ok(())
}

fn listed_as(norm: &str) -> &'static str {
    if is_function_word(norm) {
        "particle"
    } else if is_attested(norm) {
        "whole word"
    } else {
        ""
    }
}
