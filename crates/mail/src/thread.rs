//! How an answer finds its thread: words signed with the office's key, in the Message-ID of every letter that we send
//! and in the address to which it is answered. Nobody can make one up for a thread that was not his.

use crate::Mailbox;

/// The key with which threads are signed. Its bytes are a secret of the office.
#[derive(Clone)]
pub struct ThreadKey([u8; 32]);

/// Hex digits of a signature: 80 bits, short enough for the 64 octets of a local part (RFC 5321 §4.5.3.1.1).
const SIGNATURE: usize = 20;

impl std::fmt::Debug for ThreadKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ThreadKey")
    }
}

impl ThreadKey {
    /// Derives the key from a secret, apart from whatever else that secret signs.
    pub fn derive(secret: &[u8]) -> ThreadKey {
        ThreadKey(blake3::derive_key("Atiende 2026-11 mail threads", secret))
    }

    /// The address that answers this thread: `desk+{thread}.{signature}@…`. A thread is of lower-case letters, digits,
    /// hyphens and dots: mail systems do not keep the case of letters.
    pub fn reply_address(&self, desk: &Mailbox, thread: &str) -> Mailbox {
        desk.with_detail(&self.signed("reply", thread))
    }

    /// The thread that an address of ours answers, when its signature holds.
    pub fn thread_of_address(&self, address: &str) -> Option<String> {
        let (local, _) = address.rsplit_once('@')?;
        let (_, detail) = local.split_once('+')?;
        self.opened("reply", detail)
    }

    /// The same as a word for a subject, where mail servers know no addresses with a plus.
    pub fn token(&self, thread: &str) -> String {
        self.signed("reply", thread)
    }

    /// The thread of such a word, when its signature holds.
    pub fn thread_of_token(&self, token: &str) -> Option<String> {
        self.opened("reply", token)
    }

    /// A letter's name, without its brackets: the same for the same word, so that a letter sent twice is recognised.
    pub fn message_id(&self, word: &str, domain: &str) -> String {
        format!("{}@{domain}", self.signed("letter", word))
    }

    /// The word of a Message-ID of ours, as In-Reply-To and References bring it back, when its signature holds.
    pub fn word_of_message_id(&self, id: &str) -> Option<String> {
        let (local, _) = id.trim_matches(['<', '>', ' ']).rsplit_once('@')?;
        self.opened("letter", local)
    }

    fn signed(&self, purpose: &str, word: &str) -> String {
        format!("{word}.{}", self.signature(purpose, word))
    }

    fn opened(&self, purpose: &str, signed: &str) -> Option<String> {
        let signed = signed.to_ascii_lowercase();
        let (word, signature) = signed.rsplit_once('.')?;
        let expected = self.signature(purpose, word);
        let same = expected.len() == signature.len()
            && expected.bytes().zip(signature.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0;
        same.then(|| word.to_owned())
    }

    fn signature(&self, purpose: &str, word: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(purpose.as_bytes()).update(&[0]).update(word.as_bytes());
        hasher.finalize().to_hex()[..SIGNATURE].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ThreadKey {
        ThreadKey::derive(b"a secret of the office")
    }

    #[test]
    fn an_answer_finds_its_thread_in_any_case_of_letters() {
        let desk = Mailbox::new("", "mesa@agencia.example").expect("an address");
        let address = key().reply_address(&desk, "ms-2026-12.p7");
        assert_eq!(key().thread_of_address(address.address()).as_deref(), Some("ms-2026-12.p7"));
        let shouted = address.address().to_uppercase();
        assert_eq!(key().thread_of_address(&shouted).as_deref(), Some("ms-2026-12.p7"));
        let token = key().token("ms-2026-12.p7").to_uppercase();
        assert_eq!(key().thread_of_token(&token).as_deref(), Some("ms-2026-12.p7"));
        let id = key().message_id("ms-2026-12.3.solved.p7", "agencia.example");
        assert_eq!(key().word_of_message_id(&format!("<{id}>")).as_deref(), Some("ms-2026-12.3.solved.p7"));
    }

    #[test]
    fn nobody_makes_a_thread_up() {
        let desk = Mailbox::new("", "mesa@agencia.example").expect("an address");
        let address = key().reply_address(&desk, "ms-2026-12.p7");
        let another = address.address().replace("2026-12", "2026-13");
        assert_eq!(key().thread_of_address(&another), None);
        let strangers = ThreadKey::derive(b"a stranger's").reply_address(&desk, "ms-2026-12.p7");
        assert_eq!(key().thread_of_address(strangers.address()), None);
        for bad in ["mesa@agencia.example", "mesa+ms-2026-12@agencia.example", "mesa+.@a", "", "+@", "@"] {
            assert_eq!(key().thread_of_address(bad), None, "{bad:?}");
        }
        let id = key().message_id("ms-2026-12.p7", "agencia.example");
        let (local, _) = id.split_once('@').expect("a Message-ID");
        assert_eq!(key().thread_of_address(&format!("mesa+{local}@agencia.example")), None);
    }
}
