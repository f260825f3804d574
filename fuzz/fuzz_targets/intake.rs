//! Any bytes as a letter from somebody the desk knows, in answer to a letter of its own: taken in by a whole desk on
//! SQLite. Whatever they are, the letter is settled, and the desk's books hold.
//!
//! The first byte says who writes, the second what is answered and by which sign; the rest is the letter.

#![no_main]
#![allow(dead_code, unused_imports, unused_macros, unreachable_pub)]

use std::cell::RefCell;

use atiende_desk::Post;
use atiende_desk::intake::{Arriving, take_in};
use atiende_desk::jobs::deliver;
use atiende_mail::{Folder, LetterRead, Transport};
use atiende_procedure::{CaseNumber, Kind};
use atiende_store::arrivals;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;

#[path = "../../crates/desk/tests/desk/world.rs"]
mod world;

use world::*;

/// Letters after which the desk is made anew, so that it stays small.
const LETTERS: u32 = 2_000;

struct Ground {
    world: World,
    /// What the desk wrote: to the requester, the agent, the provider.
    sent: Vec<LetterRead>,
    number: CaseNumber,
    taken: u32,
}

thread_local! {
    static RUNTIME: Runtime = Runtime::new().expect("a runtime");
    static GROUND: RefCell<Option<Ground>> = const { RefCell::new(None) };
}

impl Ground {
    async fn new() -> Ground {
        let world = World::sqlite().await;
        let number = world.registers(MARTA, Kind::Incident).await;
        world.with_provider(&number).await;
        let folder = Folder::open(world.folder.join("mail")).expect("a folder");
        let post = Post::new(Some(Transport::Folder(folder.clone())));
        deliver(&world.desk, &post).await.expect("delivered");
        let names = folder.newest(50).expect("letters").into_iter();
        let sent = names.map(|(name, _)| folder.letter(&name).expect("readable").expect("there")).collect();
        Ground { world, sent, number, taken: 0 }
    }

    fn written(&self, bytes: &[u8]) -> Vec<u8> {
        let (who, how, rest) = match bytes {
            [who, how, rest @ ..] => (*who, *how, rest),
            short => (0, 0, short),
        };
        let senders = [
            "persona1@agencia.example",
            "persona3@agencia.example",
            "persona7@agencia.example",
            "nueva@agencia.example",
            "nadie@otra.example",
            "mesa@agencia.example",
        ];
        let provider = self.sent.iter().flat_map(|letter| &letter.to).find(|to| !to.contains("agencia.example"));
        let senders = senders.into_iter().chain(provider.map(String::as_str));
        let senders: Vec<&str> = senders.collect();
        let mut head = String::new();
        if who != u8::MAX {
            head = format!("From: {}\r\n", senders[usize::from(who) % senders.len()]);
        }
        let answered = &self.sent[usize::from(how >> 2) % self.sent.len()];
        head += &match how & 3 {
            0 => String::new(),
            1 => format!("In-Reply-To: <{}>\r\n", answered.message_id),
            2 => format!("To: {}\r\n", answered.reply_to),
            _ => format!("Subject: RE: [{}]\r\n", self.number),
        };
        [head.as_bytes(), rest].concat()
    }

    async fn take(&mut self, bytes: &[u8]) {
        // More than 60 letters an hour would be a flood.
        self.world.pass(jiff::SignedDuration::from_mins(10));
        let letter = Arriving { bytes: self.written(bytes).into(), cut: false };
        let kept = self.world.desk.receive("soporte", vec![letter]).await.expect("kept");
        take_in(&self.world.desk).await.expect("taken in");
        self.taken += 1;
        if !kept[0].fresh {
            return;
        }
        let newest = self.world.desk.db().read(|r| arrivals::newest(r, None, 1)).await.expect("readable");
        let state = (newest[0].state.as_str(), newest[0].reason.as_str());
        assert_ne!(state.0, "new", "it is not settled: {state:?}");
        let known = matches!(state.1, "empty" | "no-head");
        assert!(state.0 != "unreadable" || known, "it made the program fail: {state:?}");
    }
}

fuzz_target!(|bytes: &[u8]| {
    RUNTIME.with(|runtime| {
        GROUND.with(|ground| {
            let mut ground = ground.borrow_mut();
            if ground.as_ref().is_some_and(|it| it.taken >= LETTERS) {
                *ground = None;
            }
            runtime.block_on(async {
                if ground.is_none() {
                    *ground = Some(Ground::new().await);
                }
                if let Some(ground) = ground.as_mut() {
                    ground.take(bytes).await;
                }
            });
        });
    });
});
