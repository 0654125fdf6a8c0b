//! Text and tables without markup.

use super::TextFailure;
use crate::Charset;

/// A line at least so long was broken by a writer's program and not by its writer.
const WRAPPED_MIN_CHARS: usize = 60;

/// The text of a file; lines that a program broke are joined. Rows of a table with tabs are not.
pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, TextFailure> {
    let text = table_text(bytes)?;
    let mut joined = String::with_capacity(text.len());
    let mut wrapped = false;
    for line in text.lines() {
        let line = line.trim();
        if !joined.is_empty() {
            joined.push(if wrapped && !line.is_empty() { ' ' } else { '\n' });
        }
        joined.push_str(line);
        let ends_sentence = line.ends_with(['.', '!', '?', '؟', ':', '؛']) || line.contains('\t');
        wrapped = !ends_sentence && line.chars().nth(WRAPPED_MIN_CHARS).is_some();
    }
    Ok(joined)
}

/// The text of a table: a row is a line.
pub(super) fn table_text(bytes: Vec<u8>) -> Result<String, TextFailure> {
    let charset = Charset::of(&bytes).ok_or(TextFailure::Unreadable)?;
    Ok(charset.decode(&bytes).into_owned())
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
    fn tables_of_excel_are_read() {
        let rows = format!("المدينة\tالعدد\r\nأريحا\t5\r\n{}\t7\r\nنابلس\t9\r\n", "رام الله ".repeat(10));
        let unicode_text: Vec<u8> = format!("\u{FEFF}{rows}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let expected = rows.trim().lines().map(str::trim).collect::<Vec<&str>>().join("\n");
        assert_eq!(text_of(unicode_text), Ok(expected));
        let windows = b"\xc7\xe1\xe3\xcf\xed\xe4\xc9;\xc7\xe1\xda\xcf\xcf\r\n\xc3\xd1\xed\xcd\xc7;5\r\n";
        assert_eq!(table_text(windows.to_vec()).as_deref(), Ok("المدينة;العدد\r\nأريحا;5\r\n"));
    }

    #[test]
    fn rows_of_tables_are_lines() {
        assert_eq!(table_text("الاسم,المبلغ\nأحمد,٥\n".into()).unwrap(), "الاسم,المبلغ\nأحمد,٥\n");
        assert_eq!(table_text(vec![0xFF, 0xFE]), Err(TextFailure::Unreadable));
        assert_eq!(text_of(vec![0xC3]), Err(TextFailure::Unreadable));
    }
}
