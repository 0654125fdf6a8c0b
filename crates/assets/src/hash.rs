//! The name of a blob: the SHA-256 of its bytes.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// SHA-256 of a blob's bytes; written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash([u8; 32]);

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a blob hash is 64 lower-case hexadecimal digits")]
pub struct NotABlobHash;

impl BlobHash {
    /// Hashes bytes that are at hand.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_digest(Sha256::digest(bytes).into())
    }

    /// From the 32 bytes of a SHA-256.
    pub fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The 32 raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Where the blob lies: `blobs/ab/cd/<hash>`. ASCII, since other keys are encoded differently by each
    /// store; two levels, so that no folder grows beyond what file systems list quickly.
    pub(crate) fn key(&self) -> String {
        let name = self.to_string();
        format!("{BLOBS}/{}/{}/{name}", &name[0..2], &name[2..4])
    }
}

/// First segment of every blob's key.
pub(crate) const BLOBS: &str = "blobs";

impl fmt::Display for BlobHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl FromStr for BlobHash {
    type Err = NotABlobHash;

    /// One spelling per hash: upper-case digits are refused, so that equal hashes are equal texts.
    fn from_str(text: &str) -> Result<Self, NotABlobHash> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NotABlobHash);
        }
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(|_| NotABlobHash)?;
        Ok(Self(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_and_the_key_are_those_of_sha_256() {
        let hash = BlobHash::of(b"abc");
        // The example of FIPS 180-4.
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash.to_string(), text);
        assert_eq!(hash.key(), format!("blobs/ba/78/{text}"));
        assert_eq!(text.parse(), Ok(hash));
    }

    #[test]
    fn anything_but_64_lower_case_digits_is_no_hash() {
        let text = BlobHash::of(b"abc").to_string();
        for wrong in
            ["", "ba", "../../etc/passwd", &text[1..], &text.to_uppercase(), &format!("{text}0"), &"ز".repeat(32)]
        {
            assert_eq!(wrong.parse::<BlobHash>(), Err(NotABlobHash), "{wrong}");
        }
    }
}
