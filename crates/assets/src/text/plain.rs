//! Text and tables without markup.

use super::TextFailure;

/// A line at least so long was broken by a writer's program and not by its writer.
const WRAPPED_MIN_CHARS: usize = 60;

/// The text of a file; lines that a program broke are joined.
pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, TextFailure> {
    let text = String::from_utf8(bytes).map_err(|_| TextFailure::Unreadable)?;
    let mut joined = String::with_capacity(text.len());
    let mut wrapped = false;
    for line in text.lines() {
        let line = line.trim();
        if !joined.is_empty() {
            joined.push(if wrapped && !line.is_empty() { ' ' } else { '\n' });
        }
        joined.push_str(line);
        let ends_sentence = line.ends_with(['.', '!', '?', '؟', ':', '؛']);
        wrapped = !ends_sentence && line.chars().nth(WRAPPED_MIN_CHARS).is_some();
    }
    Ok(joined)
}

/// The text of a table: a row is a line.
pub(super) fn table_text(bytes: Vec<u8>) -> Result<String, TextFailure> {
    String::from_utf8(bytes).map_err(|_| TextFailure::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_a_program_broke_are_joined() {
        let long = "كلمة ".repeat(14);
        let text = format!("عنوان\n{long}\nتتمة الفقرة.\n\nفقرة أخرى\n{long}.\nسطر\n{long}\n\nآخر");
        let long = long.trim();
        let expected = format!("عنوان\n{long} تتمة الفقرة.\n\nفقرة أخرى\n{long} .\nسطر\n{long}\n\nآخر");
        assert_eq!(text_of(text.into_bytes()).unwrap(), expected);
    }

    #[test]
    fn rows_of_tables_are_lines() {
        assert_eq!(table_text("الاسم,المبلغ\nأحمد,٥\n".into()).unwrap(), "الاسم,المبلغ\nأحمد,٥\n");
        assert_eq!(table_text(vec![0xFF, 0xFE]), Err(TextFailure::Unreadable));
        assert_eq!(text_of(vec![0xC3]), Err(TextFailure::Unreadable));
    }
}
