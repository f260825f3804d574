//! A disk that is full, as `max_page_count` feigns it.

use crate::query::Query;
use crate::{Db, Location, Result, StoreError, Writer};

fn folder() -> std::path::PathBuf {
    std::env::temp_dir().join(format!(
        "atiende-full-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ))
}

async fn pages(db: &Db) -> i64 {
    db.read(|r| r.row(&Query::new("PRAGMA page_count"))).await.unwrap().unwrap()
}

async fn allow(db: &Db, pages: i64) {
    db.change(move |w| w.rows::<i64>(&Query::new(format!("PRAGMA max_page_count = {pages}")))).await.unwrap();
}

fn keep(w: &mut Writer<'_>, name: &str, bytes: usize) -> Result<()> {
    let query = Query::new("INSERT INTO secrets (name, secret) VALUES ($1, $2)");
    w.execute(&query.with(name).with(vec![7; bytes])).map(drop)
}

async fn kept(db: &Db) -> Vec<String> {
    db.read(|r| r.rows(&Query::new("SELECT name FROM secrets ORDER BY name"))).await.unwrap()
}

#[tokio::test]
async fn a_full_disk_fails_whoever_writes_much_and_nobody_else() {
    let folder = folder();
    let db = Db::open(&Location::Folder(folder.clone())).await.unwrap();
    db.change(|w| keep(w, "before", 10)).await.unwrap();
    let room = pages(&db).await + 8;
    allow(&db, room).await;

    let mut all = Vec::new();
    for n in 0..40 {
        let db = db.clone();
        // Every fourth wants more than there is; the others fit where they are.
        let bytes = if n % 4 == 0 { 1 << 20 } else { 10 };
        all.push(tokio::spawn(
            async move { (n, db.change(move |w| keep(w, &format!("n{n:02}"), bytes)).await) },
        ));
    }
    let mut expected = vec!["before".to_owned()];
    for write in all {
        let (n, done): (i32, Result<()>) = write.await.unwrap();
        if n % 4 == 0 {
            assert!(matches!(done, Err(StoreError::Full(_))), "{n}: {done:?}");
        } else {
            assert_eq!(done, Ok(()), "{n}");
            expected.push(format!("n{n:02}"));
        }
    }
    assert_eq!(kept(&db).await, expected);

    allow(&db, room + 10_000).await;
    db.change(|w| keep(w, "z", 1 << 20)).await.unwrap();
    expected.push("z".to_owned());
    assert_eq!(kept(&db).await, expected);
    std::fs::remove_dir_all(folder).unwrap();
}
