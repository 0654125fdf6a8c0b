//! Where random bytes come from.

/// Makes random bytes fit for secrets; passed in, so that tests can fix them.
pub trait RandomSource: Send + Sync + 'static {
    /// Fills the whole buffer.
    ///
    /// # Errors
    /// The system has no random bytes; the content of the buffer is then not to be used.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The source gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no random bytes from the system")]
pub struct NoRandomness;

/// A number of random bytes.
pub(crate) fn random_bytes<const N: usize>(random: &dyn RandomSource) -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    random.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod testing {
    use std::sync::atomic::{AtomicU64, Ordering};

    use sha2::{Digest as _, Sha256};

    use super::{NoRandomness, RandomSource};

    /// The same bytes for the same seed, and others at each call.
    pub(crate) struct Seeded(AtomicU64);

    impl Seeded {
        pub(crate) fn new(seed: u64) -> Self {
            Self(AtomicU64::new(seed << 32))
        }
    }

    impl RandomSource for Seeded {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            for chunk in bytes.chunks_mut(32) {
                let block = Sha256::digest(self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
                chunk.copy_from_slice(&block[..chunk.len()]);
            }
            Ok(())
        }
    }

    /// A system without randomness.
    pub(crate) struct Exhausted;

    impl RandomSource for Exhausted {
        fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
            Err(NoRandomness)
        }
    }
}
