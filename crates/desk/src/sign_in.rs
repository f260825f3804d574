//! Signing in and staying so: passwords by Argon2id, sessions and tokens random, stored hashed, revocable at once.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use atiende_procedure::office::{Change, OfficeEvent, Token, TokenScope};
use atiende_procedure::{Actor, PersonId, Problem, Refusal, Role, TokenId};
use atiende_store::sessions::{self, NewSession, SessionRow};
use atiende_store::{StoreError, credentials, invitations, tokens};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use crate::view::Viewer;
use crate::{AdministerError, Desk};

/// How long a session lives without being used.
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// How long a session lives at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 14);
/// How often "last seen" is written.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);
/// How long an invitation opens.
const INVITATION: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Attempts that may fail for one account before the next must wait.
const FAILURES: u32 = 10;
/// The same for one address, behind which a whole office may sit.
const FAILURES_OF_ADDRESS: u32 = 100;
/// The longest address of somebody (RFC 5321).
const LONGEST_EMAIL: usize = 254;
/// Over how long failures are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// The shortest password, in characters.
const SHORTEST_PASSWORD: usize = 10;
/// The longest, in characters.
const LONGEST_PASSWORD: usize = 1_000;

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub viewer: Viewer,
    pub person: PersonId,
    /// The session's own name, for its list.
    pub session: Option<i64>,
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown, deactivated, without a password, or a wrong one: not told apart.
    #[error("wrong e-mail or password")]
    Wrong,
    /// Too many attempts failed lately.
    #[error("too many attempts")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// Signs somebody in and answers the secret of his new session, which is kept nowhere here.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        address: &str,
        agent: &str,
    ) -> Result<String, SignInError> {
        if email.len() > LONGEST_EMAIL
            || email.contains(char::is_control)
            || password.len() > LONGEST_PASSWORD * 4
        {
            return Err(SignInError::Wrong);
        }
        // Each password takes much memory; and who waits here is counted after those before him.
        let _turn = self.hashing().await;
        let now = self.ambience().now();
        let keys = [format!("account:{}", email.trim().to_lowercase()), format!("address:{address}")];
        let since = now.checked_sub(WINDOW).unwrap_or(now);
        let counted = keys.clone();
        let too_many = self.db().read(move |r| -> Result<bool, StoreError> {
            Ok(sessions::failures_since(r, &counted[0], since)? >= FAILURES
                || sessions::failures_since(r, &counted[1], since)? >= FAILURES_OF_ADDRESS)
        });
        if too_many.await? {
            return Err(SignInError::TooMany);
        }
        self.refresh_office().await?;
        let person =
            self.office().person_by_email(email).filter(|person| person.active).map(|person| person.id);
        let hash = match person {
            Some(person) => self.db().read(move |r| credentials::of(r, person)).await?,
            None => None,
        };
        let right = self.matches(hash, password.to_owned()).await;
        let Some(person) = person.filter(|_| right) else {
            self.db().change(move |w| sessions::failed(w, &keys, now)).await?;
            return Err(SignInError::Wrong);
        };
        Ok(self.begin_session(person, agent).await?)
    }

    /// Verifies a password on a thread of its own; without a hash it takes as long and is wrong.
    async fn matches(&self, hash: Option<String>, password: String) -> bool {
        const NOBODY: &str =
            "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbA$2k4TBIbZrCMeMlTUTzmC1v1fWqK9ej4uPRBCVbiKEzE";
        let check = tokio::task::spawn_blocking(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let right = PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
            known && right
        });
        check.await.unwrap_or(false)
    }

    /// Begins a session of somebody who has proved who he is.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn begin_session(&self, person: PersonId, agent: &str) -> Result<String, StoreError> {
        let secret = URL_SAFE_NO_PAD.encode(self.ambience().random::<32>());
        let now = self.ambience().now();
        let expires = now.checked_add(LONGEST).unwrap_or(now);
        let agent: String = agent.chars().take(200).collect();
        let session = NewSession { hash: hashed(&secret), person, created: now, expires, agent };
        self.db().change(move |w| sessions::begin(w, &session)).await?;
        Ok(secret)
    }

    /// Who a session's secret belongs to; nothing when it has ended, was revoked, or its person was deactivated.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn signed_in(&self, secret: &str) -> Result<Option<SignedIn>, StoreError> {
        let (hash, now) = (hashed(secret), self.ambience().now());
        let desk = self.clone();
        let found = self.db().read(move |r| -> Result<_, StoreError> {
            let Some(session) = sessions::find(r, &hash, now)? else { return Ok(None) };
            let office = desk.office_in(r)?;
            let idle = now.duration_since(session.seen_at);
            let lives = idle < IDLE;
            let active = office.people.get(&session.person).is_some_and(|person| person.active);
            Ok(Some((session, idle)).filter(|_| lives && active))
        });
        let Some((session, idle)) = found.await? else { return Ok(None) };
        if idle > SEEN_EVERY {
            let id = session.id;
            self.db().change(move |w| sessions::seen(w, id, now)).await?;
        }
        let viewer = Viewer::new(Actor::Person(session.person));
        Ok(Some(SignedIn { viewer, person: session.person, session: Some(session.id) }))
    }

    /// Ends a session by its secret.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn sign_out(&self, secret: &str) -> Result<(), StoreError> {
        let hash = hashed(secret);
        self.db().change(move |w| sessions::end(w, &hash)).await
    }

    /// A person's sessions that live.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn sessions_of(&self, person: PersonId) -> Result<Vec<SessionRow>, StoreError> {
        let now = self.ambience().now();
        self.db().read(move |r| sessions::of(r, person, now)).await
    }

    /// Ends one of a person's sessions, or all with `None`.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn revoke_sessions(&self, person: PersonId, one: Option<i64>) -> Result<(), StoreError> {
        self.db().change(move |w| sessions::revoke(w, person, one).map(drop)).await
    }

    /// Whose bearer token this is, within its scope; nothing when it is unknown, revoked or expired.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn bearer(&self, secret: &str) -> Result<Option<SignedIn>, StoreError> {
        let token = self.token_of(secret).await?.filter(|token| token.scope != TokenScope::Agenda);
        Ok(token.map(|token| {
            let viewer = Viewer { actor: Actor::Person(token.person), scope: token.scope };
            SignedIn { viewer, person: token.person, session: None }
        }))
    }

    /// The token of this secret; nothing when it is unknown, revoked or expired, or its person was retired.
    pub(crate) async fn token_of(&self, secret: &str) -> Result<Option<Token>, StoreError> {
        let (hash, now) = (hashed(secret), self.ambience().now());
        let desk = self.clone();
        let found = self.db().read(move |r| -> Result<_, StoreError> {
            let Some(id) = tokens::find(r, &hash)? else { return Ok(None) };
            Ok(Some((id, desk.office_in(r)?)))
        });
        let Some((id, office)) = found.await? else { return Ok(None) };
        let Some(token) = office.tokens.get(&id) else { return Ok(None) };
        let lives = token.expires.is_none_or(|expires| expires > now);
        let active = office.people.get(&token.person).is_some_and(|person| person.active);
        Ok((lives && active).then(|| token.clone()))
    }

    /// Issues a bearer token and answers its secret, which is shown once.
    ///
    /// # Errors
    /// See [`AdministerError`].
    pub async fn issue_token(
        &self,
        viewer: Viewer,
        person: PersonId,
        scope: TokenScope,
        name: String,
        expires: Option<Timestamp>,
    ) -> Result<(TokenId, String), AdministerError> {
        let secret = format!("atd_{}", URL_SAFE_NO_PAD.encode(self.ambience().random::<32>()));
        let change = Change::IssueToken { person, scope, name, expires };
        let (_, events) = self.administer(viewer, self.ambience().command_id(), vec![change]).await?;
        let issued = events.into_iter().find_map(|event| match event {
            OfficeEvent::TokenIssued { token } => Some(token.id),
            _ => None,
        });
        let id = issued.ok_or(StoreError::Damaged("a token was issued without its event".to_owned()))?;
        let hash = hashed(&secret);
        self.db().change(move |w| tokens::keep(w, id, &hash)).await?;
        Ok((id, secret))
    }

    /// Sets a password. His sessions end, so that whoever knew the old one is out.
    ///
    /// # Errors
    /// [`Refusal::BadField`] for one that is too short or too long; see [`AdministerError`].
    pub async fn set_password(
        &self,
        viewer: Viewer,
        person: PersonId,
        password: &str,
    ) -> Result<(), AdministerError> {
        check_password(password)?;
        let hash = self.hash_password(password.to_owned()).await?;
        let change = Change::SetPassword { person };
        self.administer(viewer, self.ambience().command_id(), vec![change]).await?;
        self.db()
            .change(move |w| {
                credentials::set(w, person, &hash)?;
                sessions::revoke(w, person, None).map(drop)
            })
            .await
            .map_err(AdministerError::Store)
    }

    async fn hash_password(&self, password: String) -> Result<String, StoreError> {
        let _turn = self.hashing().await;
        let salt = self.ambience().random::<16>();
        let hashing = tokio::task::spawn_blocking(move || {
            let salt = SaltString::encode_b64(&salt).ok()?;
            Argon2::default().hash_password(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
        });
        hashing.await.ok().flatten().ok_or(StoreError::Damaged("a password could not be hashed".to_owned()))
    }

    /// Makes the token of a one-time link with which a person sets his password; `None` is for the first
    /// administrator, who is not in the directory yet.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn invite(&self, person: Option<PersonId>) -> Result<String, StoreError> {
        let secret = URL_SAFE_NO_PAD.encode(self.ambience().random::<32>());
        let hash = hashed(&secret);
        let now = self.ambience().now();
        let expires = now.checked_add(INVITATION).unwrap_or(now);
        self.db().change(move |w| invitations::add(w, &hash, person, expires)).await?;
        Ok(secret)
    }

    /// Whom an invitation is for, while it is neither used nor expired. The first administrator's opens until there is
    /// one: a link of an earlier start makes no second.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn invitation(&self, secret: &str) -> Result<Option<Option<PersonId>>, StoreError> {
        let (hash, now) = (hashed(secret), self.ambience().now());
        let desk = self.clone();
        let found = self.db().read(move |r| -> Result<_, StoreError> {
            Ok((invitations::find(r, &hash, now)?, desk.office_in(r)?))
        });
        let (invited, office) = found.await?;
        let administered = office.people.values().any(|person| person.is(Role::SystemAdministrator));
        Ok(invited.filter(|person| person.is_some() || !administered))
    }

    /// Uses an invitation up; false when somebody already did.
    ///
    /// # Errors
    /// When the memory does not answer.
    pub async fn use_invitation(&self, secret: &str) -> Result<bool, StoreError> {
        let (hash, now) = (hashed(secret), self.ambience().now());
        self.db().change(move |w| invitations::take(w, &hash, now)).await
    }
}

/// Whether somebody could use this as his password.
///
/// # Errors
/// [`AdministerError::Refused`] for one that is too short or too long.
pub fn check_password(password: &str) -> Result<(), AdministerError> {
    let problem = match password.chars().count() {
        count if count < SHORTEST_PASSWORD => Problem::OutOfRange,
        count if count > LONGEST_PASSWORD => Problem::TooLong,
        _ => return Ok(()),
    };
    Err(AdministerError::Refused { at: 0, refusal: Refusal::BadField { field: "password", problem } })
}

/// Secrets of 256 random bits need no slow hash.
fn hashed(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}
