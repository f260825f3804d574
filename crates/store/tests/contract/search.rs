//! Searches find Spanish as people write it, and never by words that the asker may not read.

use atiende_procedure::permission::Scope;
use atiende_procedure::{Audience, CaseId, ContractId, PersonId, SupportLevel};
use atiende_store::queue::{self, Filter};

use crate::support::*;

impl World {
    async fn find(&self, scope: &Scope, words: &str) -> Vec<CaseId> {
        let (scope, filter) = (scope.clone(), Filter { words: Some(words.to_owned()), ..Filter::default() });
        let page = self.db.read(move |r| queue::page(r, &scope, &filter, None, None, 50)).await.unwrap();
        page.rows.iter().map(|row| row.id).collect()
    }
}

fn desk() -> Scope {
    Scope { desk: true, ..Scope::default() }
}

fn person(id: i64) -> Scope {
    Scope { person: Some(PersonId(id)), ..Scope::default() }
}

on_both! {
    async fn words_are_found_in_every_form(world: World) {
        let one = world.case(request(1).about("La impresora IMP-0231 no sirve", "Sin conexión a la red")).await;
        let other = world.case(request(1).about("Impresoras nuevas", "Hay que instalar la pequeña")).await;
        for words in ["impresoras", "IMPRESORA", "Impresora"] {
            assert_eq!(world.find(&desk(), words).await, [other.id, one.id], "{words}");
        }
        for words in ["conexion", "conexión red", "IMP-0231", "imp0231", "0231", "imp 0231", &one.number.to_string()] {
            assert_eq!(world.find(&desk(), words).await, [one.id], "{words}");
        }
        assert_eq!(world.find(&desk(), "pequena").await, [other.id]);
        let long = "impresora sirve ".repeat(400);
        assert_eq!(world.find(&desk(), &long).await, [one.id]);
        for words in ["½", "привет", "日本", "x²⁄y", "🔧", "impresora teléfono", "¿?", "", "\" OR 1", "a\u{0}b", "'; DROP TABLE search; --", "_s", "*"] {
            assert!(world.find(&desk(), words).await.is_empty(), "{words}");
        }
    }

    async fn nobody_finds_by_words_he_may_not_read(world: World) {
        let case = world.case(request(1)).await;
        world.happen(case.id, vec![
            assigned(SupportLevel::First, 1, Some(9)),
            assessed(SupportLevel::First),
            said(Audience::Internal, "secretísimo"),
            to_provider(4),
            said(Audience::Provider, "cotización"),
            said(Audience::Requester, "buenas noticias"),
            watched(2),
        ]).await;
        let supervisor = Scope { contracts: vec![ContractId(4)], ..Scope::default() };
        for (scope, words, found) in [
            (desk(), "secretisimo", true), (desk(), "cotizacion", true), (desk(), "noticia", true),
            (supervisor.clone(), "secretisimo", true), (supervisor.clone(), "impresora", true),
            (Scope { contracts: vec![ContractId(5)], ..Scope::default() }, "impresora", false),
            (person(1), "noticia", true), (person(1), "impresora", true), (person(1), "secretisimo", false), (person(1), "cotizacion", false),
            (person(2), "noticia", true), (person(2), "impresora", true), (person(2), "secretisimo", false),
            (person(3), "noticia", false),
            (Scope { security: true, ..Scope::default() }, "noticia", false),
        ] {
            assert_eq!(!world.find(&scope, words).await.is_empty(), found, "{words} by {scope:?}");
        }
    }

    async fn a_security_case_is_found_by_its_own_alone(world: World) {
        let case = world.case(request(1)).await;
        world.happen(case.id, vec![watched(2), said(Audience::Internal, "phishing")]).await;
        assert_eq!(world.find(&desk(), "phishing").await, [case.id]);
        world.happen(case.id, vec![referred()]).await;
        let officer = Scope { security: true, ..Scope::default() };
        assert!(world.find(&desk(), "phishing").await.is_empty());
        assert!(world.find(&desk(), "suplantacion").await.is_empty());
        assert!(world.find(&person(2), "impresora").await.is_empty());
        assert_eq!(world.find(&officer, "phishing").await, [case.id]);
        assert_eq!(world.find(&person(1), "impresora").await, [case.id]);
        assert!(world.find(&person(1), "phishing").await.is_empty());
        let agent_who_asked = Scope { desk: true, ..person(1) };
        assert_eq!(world.find(&agent_who_asked, "impresora").await, [case.id]);
        assert!(world.find(&agent_who_asked, "phishing").await.is_empty());

        world.happen(case.id, vec![sent_back()]).await;
        assert_eq!(world.find(&desk(), "phishing").await, [case.id]);
        assert!(world.find(&officer, "phishing").await.is_empty());
        assert_eq!(world.find(&person(2), "impresora").await, [case.id]);
    }

    async fn a_search_that_matches_much_goes_on_or_is_cut(world: World) {
        let many: Vec<Request> = (0..1100).map(|_| request(1)).collect();
        world.db.change(move |w| {
            for asked in &many {
                register(w, asked)?;
            }
            Ok::<_, atiende_store::StoreError>(())
        }).await.unwrap();
        let filter = Filter { words: Some("impresora".to_owned()), ..Filter::default() };
        let (mut seen, mut after) = (Vec::new(), None::<String>);
        loop {
            let (filter, cursor) = (filter.clone(), after.clone());
            let page = world.db.read(move |r| queue::page(r, &desk(), &filter, None, cursor.as_deref(), 200)).await.unwrap();
            seen.extend(page.rows.iter().map(|row| row.id));
            after = page.next;
            if after.is_none() { break; }
        }
        assert_eq!(seen.len(), 1100);
        assert!(seen.is_sorted_by(|a, b| a > b));
        let page = world.db.read(move |r| queue::page(r, &desk(), &filter, "changed_at".parse().ok(), None, 10)).await.unwrap();
        assert!(page.cut);
        assert_eq!(page.rows.len(), 10);
    }
}
