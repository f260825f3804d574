//! Who somebody is: passwords, sessions, tokens, invitations.

use atiende_desk::{AdministerError, SignInError};
use atiende_procedure::Actor;
use atiende_procedure::office::{Change, TokenScope};
use jiff::SignedDuration;

use crate::world::*;

const EMAIL: &str = "Persona1@agencia.example";
const PASSWORD: &str = "una clave larga";

async fn with_password(world: &World) {
    let operator = atiende_desk::Viewer::new(Actor::Operator);
    world.desk.set_password(operator, MARTA, PASSWORD).await.unwrap();
}

on_both! {
    async fn a_session_lives_until_it_ends(world: World) {
        with_password(&world).await;
        let secret = world.desk.sign_in(EMAIL, PASSWORD, "192.0.2.1", "Firefox").await.unwrap();
        let here = world.desk.signed_in(&secret).await.unwrap().unwrap();
        assert_eq!(here.person, MARTA);
        assert!(world.desk.signed_in("made up").await.unwrap().is_none());
        assert_eq!(world.desk.sessions_of(MARTA).await.unwrap().len(), 1);
        world.desk.sign_out(&secret).await.unwrap();
        assert!(world.desk.signed_in(&secret).await.unwrap().is_none());
        let idle = world.desk.begin_session(MARTA, "").await.unwrap();
        world.pass(SignedDuration::from_hours(13));
        assert!(world.desk.signed_in(&idle).await.unwrap().is_none());
        let gone = world.desk.begin_session(MARTA, "").await.unwrap();
        world.set_person(MARTA, |person| person.active = false).await;
        assert!(world.desk.signed_in(&gone).await.unwrap().is_none());
        world.set_person(MARTA, |person| person.active = true).await;
        assert!(world.desk.signed_in(&gone).await.unwrap().is_none(), "he comes in by the door again");
        world.set_person(MARTA, |person| person.active = false).await;
        assert!(matches!(world.desk.sign_in(EMAIL, PASSWORD, "a", "b").await, Err(SignInError::Wrong)));
    }

    async fn sessions_are_revoked(world: World) {
        with_password(&world).await;
        let one = world.desk.begin_session(MARTA, "uno").await.unwrap();
        let two = world.desk.begin_session(MARTA, "dos").await.unwrap();
        let list = world.desk.sessions_of(MARTA).await.unwrap();
        let first = list.iter().find(|session| session.agent == "uno").unwrap().id;
        world.desk.revoke_sessions(MARTA, Some(first)).await.unwrap();
        assert!(world.desk.signed_in(&one).await.unwrap().is_none());
        assert!(world.desk.signed_in(&two).await.unwrap().is_some());
        with_password(&world).await;
        assert!(world.desk.signed_in(&two).await.unwrap().is_none(), "a new password ends them all");
    }

    async fn guesses_are_few(world: World) {
        with_password(&world).await;
        for _ in 0..10 {
            let wrong = world.desk.sign_in(EMAIL, "otra cosa", "192.0.2.1", "").await;
            assert!(matches!(wrong, Err(SignInError::Wrong)));
        }
        let right = world.desk.sign_in(EMAIL, PASSWORD, "192.0.2.1", "").await;
        assert!(matches!(right, Err(SignInError::TooMany)), "the account and the address wait");
        let unknown = world.desk.sign_in("nadie@agencia.example", PASSWORD, "192.0.2.9", "").await;
        assert!(matches!(unknown, Err(SignInError::Wrong)));
        world.pass(SignedDuration::from_mins(16));
        assert!(world.desk.sign_in(EMAIL, PASSWORD, "192.0.2.1", "").await.is_ok());
    }

    async fn who_guesses_many_accounts_stops_only_far_beyond_an_office(world: World) {
        with_password(&world).await;
        let guess = async |number: i32| {
            world.desk.sign_in(&format!("persona{number}@otra.example"), "otra cosa", "192.0.2.7", "").await
        };
        for number in 0..12 {
            assert!(matches!(guess(number).await, Err(SignInError::Wrong)));
        }
        assert!(world.desk.sign_in(EMAIL, PASSWORD, "192.0.2.7", "").await.is_ok(), "his neighbours still enter");
    }

    async fn what_is_no_address_is_wrong_and_leaves_no_trace(world: World) {
        for email in ["a\0b@agencia.example".to_owned(), "x".repeat(1_000_000)] {
            let wrong = world.desk.sign_in(&email, PASSWORD, "192.0.2.1", "").await;
            assert!(matches!(wrong, Err(SignInError::Wrong)), "{wrong:?}");
        }
        let wrong = world.desk.sign_in(EMAIL, &"x".repeat(1_000_000), "192.0.2.1", "").await;
        assert!(matches!(wrong, Err(SignInError::Wrong)), "{wrong:?}");
    }

    async fn there_is_no_second_first_administrator(world: World) {
        let late = world.desk.invite(None).await.unwrap();
        assert_eq!(world.desk.invitation(&late).await.unwrap(), None, "this office has its administrator");
    }

    async fn tokens_carry_their_scope_until_revoked(world: World) {
        let operator = atiende_desk::Viewer::new(Actor::Operator);
        let name = "reportes".to_owned();
        let (id, secret) =
            world.desk.issue_token(operator, MARTA, TokenScope::Read, name, None).await.unwrap();
        let bearer = world.desk.bearer(&secret).await.unwrap().unwrap();
        assert_eq!((bearer.person, bearer.viewer.scope), (MARTA, TokenScope::Read));
        let expires = Some(world.now() + SignedDuration::from_hours(1));
        let (_, short) =
            world.desk.issue_token(operator, MARTA, TokenScope::All, String::from("hoy"), expires).await.unwrap();
        world.pass(SignedDuration::from_hours(2));
        assert!(world.desk.bearer(&short).await.unwrap().is_none());
        let other = world.another_node().await;
        world.administer(vec![Change::RevokeToken { token: id }]).await;
        assert!(other.bearer(&secret).await.unwrap().is_none(), "at once, on every node");
    }

    async fn an_invitation_opens_once(world: World) {
        let secret = world.desk.invite(Some(MARTA)).await.unwrap();
        assert_eq!(world.desk.invitation(&secret).await.unwrap(), Some(Some(MARTA)));
        assert!(world.desk.use_invitation(&secret).await.unwrap());
        assert!(!world.desk.use_invitation(&secret).await.unwrap());
        assert_eq!(world.desk.invitation(&secret).await.unwrap(), None);
        let late = world.desk.invite(Some(MARTA)).await.unwrap();
        world.pass(SignedDuration::from_hours(24 * 8));
        assert_eq!(world.desk.invitation(&late).await.unwrap(), None);
    }

    async fn a_short_password_is_refused(world: World) {
        let operator = atiende_desk::Viewer::new(Actor::Operator);
        let refused = world.desk.set_password(operator, MARTA, "corta").await;
        assert!(matches!(refused, Err(AdministerError::Refused { .. })));
    }
}
