//! What a client says of a file, held against what its bytes say.

use crate::sniff::Found;
use crate::{MediaType, Refusal};

/// What the uploader declared. Both may be absent: then the bytes alone decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared<'a> {
    /// Name of the file; only its extension is looked at.
    pub name: Option<&'a str>,
    /// Media type, with or without parameters.
    pub media_type: Option<&'a str>,
}

/// One thing that was declared, and the allowed type that it means, if it means one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Claim {
    text: String,
    media_type: Option<MediaType>,
}

/// All that was declared, the most telling first: a name's extension was seen by a person, a media type was
/// often made up by a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claims(Vec<Claim>);

/// Longer endings are part of a title ("Budget vs. expectations"), not extensions.
const MAX_EXTENSION_BYTES: usize = 10;

/// What is repeated of a claim in a refusal.
const MAX_CLAIM_CHARS: usize = 100;

impl Claims {
    pub(crate) fn read(declared: Declared<'_>) -> Self {
        let Declared { name, media_type } = declared;
        let mut claims = Vec::new();
        claims.extend(name.and_then(claim_of_name));
        claims.extend(media_type.and_then(claim_of_media_type));
        Self(claims)
    }

    /// The type to store, or why there is none. A claim that names no allowed type contradicts every file:
    /// stored under such a name it would be taken for what it is not.
    pub(crate) fn check(&self, found: Found) -> Result<MediaType, Refusal> {
        for claim in &self.0 {
            if !agrees(claim.media_type, found) {
                return Err(Refusal::TypeMismatch { declared: claim.text.clone(), found: found.as_str() });
            }
        }
        match found {
            // Many programs write recordings under the brands of films: only what is declared tells them apart.
            Found::Binary(MediaType::Mp4) => {
                Ok(self.declared().find(|of| *of == MediaType::M4a).unwrap_or(MediaType::Mp4))
            }
            Found::Binary(media_type) => Ok(media_type),
            Found::Text => Ok(self.declared().next().unwrap_or(MediaType::Plain)),
            Found::Damaged(media_type) => Err(Refusal::Unreadable { media_type }),
            Found::Foreign(found) => Err(Refusal::TypeNotAllowed { found }),
        }
    }

    fn declared(&self) -> impl Iterator<Item = MediaType> {
        self.0.iter().filter_map(|claim| claim.media_type)
    }
}

/// Bytes do not tell a table from a text, so there the claim decides.
fn agrees(claimed: Option<MediaType>, found: Found) -> bool {
    match found {
        Found::Binary(MediaType::Mp4) => matches!(claimed, Some(MediaType::Mp4 | MediaType::M4a)),
        Found::Binary(media_type) => claimed == Some(media_type),
        Found::Text => matches!(claimed, Some(MediaType::Plain | MediaType::Csv)),
        // Of a document that was cut off only the archive around it is known.
        Found::Damaged(MediaType::Zip) => claimed.is_some_and(|claimed| {
            matches!(claimed, MediaType::Zip | MediaType::Docx | MediaType::Xlsx | MediaType::Pptx)
        }),
        Found::Damaged(media_type) => claimed == Some(media_type),
        // An honest claim of a foreign type is refused for the type, not for the contradiction.
        Found::Foreign(_) => claimed.is_none(),
    }
}

fn claim_of_name(name: &str) -> Option<Claim> {
    let (_, extension) = name.trim_end_matches([' ', '.']).rsplit_once('.')?;
    let plausible = !extension.is_empty()
        && extension.len() <= MAX_EXTENSION_BYTES
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && extension.bytes().any(|byte| byte.is_ascii_alphabetic());
    if !plausible {
        return None;
    }
    let extension = extension.to_ascii_lowercase();
    Some(Claim { media_type: MediaType::from_extension(&extension), text: format!(".{extension}") })
}

fn claim_of_media_type(declared: &str) -> Option<Claim> {
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // How clients write "I do not know".
    if matches!(essence.as_str(), "" | "application/octet-stream" | "binary/octet-stream") {
        return None;
    }
    let media_type = MediaType::from_declared(&essence);
    Some(Claim { media_type, text: essence.chars().take(MAX_CLAIM_CHARS).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, media_type: &str, found: Found) -> Result<MediaType, String> {
        let declared = Declared { name: Some(name), media_type: Some(media_type) };
        Claims::read(declared).check(found).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn claims_that_fit_the_bytes_are_accepted() {
        let png = Found::Binary(MediaType::Png);
        let jpeg = Found::Binary(MediaType::Jpeg);
        let cases = [
            ("شعار الوزارة.png", "image/png", png, MediaType::Png),
            ("LOGO.PNG", "IMAGE/PNG; charset=binary", png, MediaType::Png),
            ("photo.jpeg", "image/jpg", jpeg, MediaType::Jpeg),
            ("photo", "application/octet-stream", jpeg, MediaType::Jpeg),
            ("تقرير.الموازنة", "", png, MediaType::Png),
            ("report 1.2", "", png, MediaType::Png),
            ("a. very long last sentence", "", png, MediaType::Png),
            ("table.csv", "application/vnd.ms-excel", Found::Text, MediaType::Csv),
            ("table.csv", "text/plain", Found::Text, MediaType::Csv),
            ("table", "text/csv", Found::Text, MediaType::Csv),
            ("ملاحظات.txt", "text/plain; charset=utf-8", Found::Text, MediaType::Plain),
            ("", "", Found::Text, MediaType::Plain),
            ("خطاب.m4a", "audio/mp4", Found::Binary(MediaType::Mp4), MediaType::M4a),
            ("film.mp4", "video/mp4", Found::Binary(MediaType::Mp4), MediaType::Mp4),
            ("archive.zip", "application/x-zip-compressed", Found::Binary(MediaType::Zip), MediaType::Zip),
        ];
        for (name, media_type, found, expected) in cases {
            assert_eq!(check(name, media_type, found), Ok(expected), "{name} {media_type}");
        }
    }

    #[test]
    fn claims_that_contradict_the_bytes_are_refused() {
        let png = Found::Binary(MediaType::Png);
        let html = Found::Foreign("text/html");
        let cut = Found::Damaged(MediaType::Zip);
        let cases = [
            ("a.png", "", html, "declared as .png, but the bytes are text/html"),
            ("", "image/png", html, "declared as image/png, but the bytes are text/html"),
            ("a.html", "image/png", html, "declared as image/png, but the bytes are text/html"),
            ("a.html", "text/html", html, "files of type text/html are not accepted"),
            ("", "", html, "files of type text/html are not accepted"),
            ("a.html", "", png, "declared as .html, but the bytes are image/png"),
            ("a.png.html. ", "image/png", png, "declared as .html, but the bytes are image/png"),
            ("a.jpg", "image/png", png, "declared as .jpg, but the bytes are image/png"),
            ("run.js", "text/plain", Found::Text, "declared as .js, but the bytes are text/plain"),
            ("run.jar", "", Found::Binary(MediaType::Zip), "declared as .jar, but the bytes are application/zip"),
            ("a.docx", "", cut, "the file begins like application/zip but cannot be read"),
            ("a.docx", "application/zip", cut, "the file begins like application/zip but cannot be read"),
            ("", "", cut, "the file begins like application/zip but cannot be read"),
            ("a.png", "", cut, "declared as .png, but the bytes are application/zip"),
            ("a.pdf", "", Found::Text, "declared as .pdf, but the bytes are text/plain"),
        ];
        for (name, media_type, found, expected) in cases {
            assert_eq!(check(name, media_type, found), Err(expected.to_owned()), "{name} {media_type}");
        }
    }
}
