//! What goes wrong outside stays outside: full disks, lost connections, answers that never arrive.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use atiende_procedure::{Case, TokenId};
use atiende_store::{Db, Location, Result, StoreError, cases};

use crate::support::*;

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_said() {
    let missing = Db::open(&Location::Folder("/dev/null/atiende".into())).await;
    assert!(matches!(missing.err(), Some(StoreError::Unreachable(_))));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_said() {
    let world = World::sqlite().await;
    let folder = world.folder().join("other");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("atiende.db"),
        "esto no es una base de datos, sino una carta larga".repeat(50),
    )
    .unwrap();
    let opened = Db::open(&Location::Folder(folder)).await;
    assert!(matches!(opened.err(), Some(StoreError::Damaged(_))));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said() {
    let opened = Db::open(&Location::Postgres("postgres://nobody@127.0.0.1:1/none".to_owned())).await;
    assert!(matches!(opened.err(), Some(StoreError::Unreachable(_))));
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said() {
    let Some((_, url)) = on_postgres().await else { return };
    let opened = Db::open(&Location::Postgres(url.replace("/test_", "/no_such_"))).await;
    assert!(matches!(opened.err(), Some(StoreError::Unreachable(_))));
}

/// Ends every connection to the test's database, as a failover does.
fn cut_connections(url: &str) {
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    client
        .batch_execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .unwrap();
}

async fn on_postgres() -> Option<(World, String)> {
    match World::postgres().await {
        Ok(world) => {
            let Location::Postgres(url) = world.location.clone() else { panic!("asked for PostgreSQL") };
            Some((world, url))
        }
        Err(why) => {
            eprintln!("skipped: {why:#}");
            None
        }
    }
}

#[tokio::test]
async fn a_write_whose_connection_is_lost_is_done_once() {
    let Some((world, url)) = on_postgres().await else { return };
    world.case(request(1)).await;
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, asked) = (runs.clone(), request(2));
    let case: Case = world
        .db
        .write(command(), move |w| {
            let case = register(w, &asked)?;
            if counted.fetch_add(1, Ordering::Relaxed) == 0 {
                let url = url.clone();
                std::thread::spawn(move || cut_connections(&url)).join().expect("cuts");
            }
            Ok::<_, StoreError>(case)
        })
        .await
        .unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert_eq!(world.count("cases").await, 2);
    assert_eq!(world.load(case.id).await, case);
}

#[tokio::test]
async fn a_read_whose_connection_is_lost_is_run_again() {
    let Some((world, url)) = on_postgres().await else { return };
    let case = world.case(request(1)).await;
    let (runs, id) = (AtomicU32::new(0), case.id);
    let read = world
        .db
        .read(move |r| {
            if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                let url = url.clone();
                std::thread::spawn(move || cut_connections(&url)).join().expect("cuts");
            }
            cases::load(r, id)
        })
        .await;
    assert_eq!(read, Ok(Some(case)));
}

#[tokio::test]
async fn connections_that_were_cut_while_idle_are_made_anew() {
    let Some((world, url)) = on_postgres().await else { return };
    for n in 0..5 {
        world.case(request(n)).await;
        let url = url.clone();
        tokio::task::spawn_blocking(move || cut_connections(&url)).await.unwrap();
    }
    assert_eq!(world.count("cases").await, 5);
}

/// Stands between us and the server. Once armed, it passes the next COMMIT on and loses the answer.
struct Lossy {
    port: u16,
    armed: Arc<AtomicBool>,
}

impl Lossy {
    fn before(server: &str) -> Lossy {
        let (server, armed) = (server.to_owned(), Arc::new(AtomicBool::new(false)));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let lossy = Lossy { port: listener.local_addr().unwrap().port(), armed: armed.clone() };
        std::thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let (server, armed) = (TcpStream::connect(&server).unwrap(), armed.clone());
                let (mut answers, mut asker) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut answers, &mut asker));
                std::thread::spawn(move || pass(client, server, &armed));
            }
        });
        lossy
    }
}

fn pass(mut client: TcpStream, mut server: TcpStream, armed: &AtomicBool) {
    let mut bytes = [0; 65536];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        let is_commit = bytes[..count].windows(7).any(|part| part == b"COMMIT\0");
        if is_commit && armed.swap(false, Ordering::Relaxed) {
            client.shutdown(std::net::Shutdown::Both).unwrap();
            server.write_all(&bytes[..count]).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(200));
            return;
        }
        if server.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_recognised() {
    let Some((world, url)) = on_postgres().await else { return };
    let address = url.split(['@', '/']).nth(3).unwrap().to_owned();
    let lossy = Lossy::before(&address);
    let through = Location::Postgres(url.replace(&address, &format!("127.0.0.1:{}", lossy.port)));
    let db = Db::open(&through).await.unwrap();

    lossy.armed.store(true, Ordering::Relaxed);
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, asked) = (runs.clone(), request(2));
    let done = db.write(command(), move |w| {
        counted.fetch_add(1, Ordering::Relaxed);
        register(w, &asked)
    });
    let case: Case = done.await.unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 1, "it was not done again");
    assert_eq!(world.count("cases").await, 1);
    assert_eq!(world.load(case.id).await, case);

    lossy.armed.store(true, Ordering::Relaxed);
    let doubtful: Result<()> = db.change(|w| atiende_store::tokens::keep(w, TokenId(1), &[1; 32])).await;
    assert!(
        matches!(doubtful, Err(StoreError::Unreachable(_))),
        "nothing tells whether it was done: {doubtful:?}"
    );
}

#[tokio::test]
async fn a_deadlock_is_tried_again() {
    let Some((world, _)) = on_postgres().await else { return };
    let (one, other) = (world.case(request(1)).await.id, world.case(request(2)).await.id);
    let mut both = Vec::new();
    for (first, second, watcher) in [(one, other, 50), (other, one, 60)] {
        let db = world.db.clone();
        both.push(tokio::spawn(async move {
            db.write(command(), move |w| {
                let case: Case = advance(w, first, &[watched(watcher)], clock())?;
                std::thread::sleep(std::time::Duration::from_millis(200));
                advance(w, second, &[watched(watcher + 1)], clock())?;
                Ok::<_, StoreError>(case)
            })
            .await
        }));
    }
    for done in both {
        done.await.unwrap().unwrap();
    }
    assert_eq!((world.load(one).await.version, world.load(other).await.version), (3, 3));
}

#[tokio::test]
async fn a_failure_that_is_passed_over_is_not_taken_for_success() {
    let Some((world, _)) = on_postgres().await else { return };
    let case = world.case(request(1)).await;
    let passed_over: Result<()> = world
        .db
        .change(move |w| {
            advance(w, case.id, &[watched(5)], clock())?;
            // The second of the same secret fails; whoever writes this forgets to look.
            let _ = atiende_store::tokens::keep(w, TokenId(1), &[1; 32]);
            let _ = atiende_store::tokens::keep(w, TokenId(1), &[1; 32]);
            Ok(())
        })
        .await;
    assert!(matches!(passed_over, Err(StoreError::Statement(_))), "{passed_over:?}");
    assert_eq!(world.load(case.id).await.version, 1);
}
