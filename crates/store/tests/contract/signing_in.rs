//! Sessions, tokens, passwords, invitations, keys, and answers kept for repeats.

use atiende_procedure::{PersonId, TokenId};
use atiende_store::sessions::{self, NewSession};
use atiende_store::{Result, StoreError, credentials, invitations, secrets, tokens};
use jiff::SignedDuration;

use crate::support::*;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const ANA: PersonId = PersonId(7);

on_both! {
    async fn a_session_holds_until_it_ends(world: World) {
        let now = clock();
        let begin = move |hash: [u8; 32], hours: i32| NewSession {
            hash, person: ANA, created: now, expires: now + HOUR * hours, agent: "Firefox".to_owned(),
        };
        let (first, second) = world.db.change(move |w| {
            Ok::<_, StoreError>((sessions::begin(w, &begin([1; 32], 1))?, sessions::begin(w, &begin([2; 32], 8))?))
        }).await.unwrap();
        let found = |hash: [u8; 32], at| world.db.read(move |r| sessions::find(r, &hash, at));
        let row = found([1; 32], now).await.unwrap().unwrap();
        assert_eq!((row.id, row.person, row.agent.as_str(), row.seen_at), (first, ANA, "Firefox", now));
        assert_eq!(found([1; 32], now + HOUR).await, Ok(None));
        assert_eq!(found([9; 32], now).await, Ok(None));

        world.db.change(move |w| sessions::seen(w, second, now + HOUR)).await.unwrap();
        let mine: Vec<_> = world.db.read(move |r| sessions::of(r, ANA, now)).await.unwrap();
        assert_eq!(mine.iter().map(|row| (row.id, row.seen_at)).collect::<Vec<_>>(), [(second, now + HOUR), (first, now)]);

        assert_eq!(world.db.change(move |w| sessions::revoke(w, PersonId(8), Some(second))).await, Ok(0));
        assert_eq!(world.db.change(move |w| sessions::revoke(w, ANA, Some(second))).await, Ok(1));
        assert_eq!(found([2; 32], now).await, Ok(None));
        world.db.change(|w| sessions::end(w, &[1; 32])).await.unwrap();
        assert_eq!(found([1; 32], now).await, Ok(None));
    }

    async fn what_has_ended_is_forgotten(world: World) {
        let now = clock();
        let keys = || ["10.0.0.1".to_owned(), "ana@agencia.example".to_owned()];
        world.db.change(move |w| {
            let session = NewSession { hash: [1; 32], person: ANA, created: now, expires: now + HOUR, agent: String::new() };
            sessions::begin(w, &session)?;
            sessions::failed(w, &keys(), now)?;
            sessions::failed(w, &["10.0.0.2".to_owned(), "ana@agencia.example".to_owned()], now)
        }).await.unwrap();
        let failures = |since| world.db.read(move |r| sessions::failures_since(r, &keys()[1], since));
        assert_eq!(failures(now).await, Ok(2));
        assert_eq!(failures(now + HOUR).await, Ok(0));
        assert_eq!(world.db.change(move |w| sessions::expire(w, now)).await, Ok(0));
        assert_eq!(world.db.change(move |w| sessions::expire(w, now + HOUR * 25)).await, Ok(5));
    }

    async fn a_token_is_known_by_its_secret(world: World) {
        world.db.change(|w| tokens::keep(w, TokenId(3), &[5; 32])).await.unwrap();
        assert_eq!(world.db.read(|r| tokens::find(r, &[5; 32])).await, Ok(Some(TokenId(3))));
        assert_eq!(world.db.read(|r| tokens::find(r, &[6; 32])).await, Ok(None));
        let twice: Result<()> = world.db.change(|w| tokens::keep(w, TokenId(4), &[5; 32])).await;
        assert!(matches!(twice, Err(StoreError::Duplicate(_))), "{twice:?}");
    }

    async fn a_password_is_the_last_one_set(world: World) {
        assert_eq!(world.db.read(credentials::any).await, Ok(false));
        assert_eq!(world.db.read(|r| credentials::of(r, ANA)).await, Ok(None));
        for password in ["$argon2id$1", "$argon2id$2"] {
            world.db.change(move |w| credentials::set(w, ANA, password)).await.unwrap();
        }
        assert_eq!(world.db.read(|r| credentials::of(r, ANA)).await, Ok(Some("$argon2id$2".to_owned())));
        assert_eq!(world.db.read(credentials::any).await, Ok(true));
    }

    async fn an_invitation_works_once(world: World) {
        let now = clock();
        world.db.change(move |w| {
            invitations::add(w, &[1; 32], Some(ANA), now + HOUR)?;
            invitations::add(w, &[2; 32], None, now + HOUR)?;
            invitations::add(w, &[3; 32], Some(ANA), now + HOUR)
        }).await.unwrap();
        let find = |hash: [u8; 32], at| world.db.read(move |r| invitations::find(r, &hash, at));
        assert_eq!(find([1; 32], now).await, Ok(None), "a newer one took its place");
        assert_eq!(find([2; 32], now).await, Ok(Some(None)));
        assert_eq!(find([3; 32], now).await, Ok(Some(Some(ANA))));
        assert_eq!(find([3; 32], now + HOUR).await, Ok(None));
        let take = || world.db.change(move |w| invitations::take(w, &[3; 32], now));
        assert_eq!((take().await, take().await), (Ok(true), Ok(false)));
        assert_eq!(world.db.change(move |w| invitations::expire(w, now + HOUR)).await, Ok(1));
    }

    async fn nodes_share_a_key(world: World) {
        let mine = world.db.change(|w| secrets::get_or_set(w, "links", &[1; 32])).await;
        let theirs = world.db.change(|w| secrets::get_or_set(w, "links", &[2; 32])).await;
        assert_eq!((mine, theirs), (Ok([1; 32]), Ok([1; 32])));
        assert_eq!(world.db.change(|w| secrets::get_or_set(w, "threads", &[3; 32])).await, Ok([3; 32]));
    }
}
