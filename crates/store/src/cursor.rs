//! Where a list goes on. Opaque to whoever carries it; one that was changed or is of another list is refused.

use crate::error::{Result, StoreError};

/// The sort keys of the last row of a page, the id last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor(Vec<i64>);

const PROOF_BYTES: usize = 4;

impl Cursor {
    pub(crate) fn new(keys: Vec<i64>) -> Cursor {
        Cursor(keys)
    }

    pub(crate) fn keys(&self) -> &[i64] {
        &self.0
    }

    /// As text, bound to the list (`of`) that gives it.
    pub(crate) fn to_text(&self, of: &str) -> String {
        let mut bytes: Vec<u8> = self.0.iter().flat_map(|key| key.to_be_bytes()).collect();
        let proof = proof(&bytes, of);
        bytes.extend(proof);
        hex::encode(bytes)
    }

    /// Reads what [`Cursor::to_text`] wrote for the same list.
    pub(crate) fn parse(text: &str, of: &str) -> Result<Cursor> {
        let bytes = hex::decode(text).map_err(|_| StoreError::BadCursor)?;
        let split = bytes.len().checked_sub(PROOF_BYTES).ok_or(StoreError::BadCursor)?;
        let (keys, given) = bytes.split_at(split);
        if keys.is_empty() || keys.len() % 8 != 0 || given != proof(keys, of) {
            return Err(StoreError::BadCursor);
        }
        let key = |bytes: &[u8]| bytes.iter().fold(0_i64, |key, byte| (key << 8) | i64::from(*byte));
        Ok(Cursor(keys.chunks_exact(8).map(key).collect()))
    }
}

/// Not a secret: it tells mistakes from cursors. What may be seen is asked anew with each page.
fn proof(keys: &[u8], of: &str) -> [u8; PROOF_BYTES] {
    let hash = blake3::Hasher::new().update(of.as_bytes()).update(keys).finalize();
    let [a, b, c, d, ..] = *hash.as_bytes();
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::Cursor;
    use crate::StoreError;

    #[test]
    fn a_cursor_is_good_for_its_own_list_only() {
        let cursor = Cursor::new(vec![-5, i64::MAX, 0]);
        let text = cursor.to_text("changed");
        assert_eq!(Cursor::parse(&text, "changed"), Ok(cursor));
        assert_eq!(Cursor::parse(&text, "opened"), Err(StoreError::BadCursor));
        for wrong in ["", "zz", "00000000", "aé", &text[2..], &text.replacen('f', "e", 1)] {
            assert_eq!(Cursor::parse(wrong, "changed"), Err(StoreError::BadCursor), "{wrong}");
        }
    }
}
