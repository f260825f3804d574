//! The sample accounts, each with a token.

use anyhow::Result;
use atiende_tests::{Client, Place, Server};
use serde_json::{Value, json};

/// Everybody who has a part in the procedure.
pub(crate) struct People {
    pub(crate) requester: Client,
    pub(crate) admin: Client,
    pub(crate) first: Client,
    pub(crate) second: Client,
    pub(crate) third: Client,
    pub(crate) supervisor: Client,
    pub(crate) officer: Client,
    pub(crate) auditor: Client,
    pub(crate) system: Client,
    pub(crate) nobody: Client,
}

impl People {
    pub(crate) fn of(place: &Place, server: &Server) -> Result<People> {
        let client = |account| place.client(server, account);
        Ok(People {
            requester: client("usuario")?,
            admin: client("admin")?,
            first: client("agente1")?,
            second: client("agente2")?,
            third: client("agente3")?,
            supervisor: client("supervisor")?,
            officer: client("seguridad")?,
            auditor: client("auditor")?,
            system: client("sistema")?,
            nobody: Client::new(&server.address, None),
        })
    }

    /// The number by which the API knows somebody.
    pub(crate) fn id(&self, account: &str) -> Value {
        let people = self.admin.get(&format!("/people?email={account}@agencia.example")).is(200);
        people["items"][0]["id"].clone()
    }

    /// The number by which the API knows a contract.
    pub(crate) fn contract(&self, number: &str) -> Value {
        let contracts = self.admin.get("/contracts").is(200);
        let found =
            contracts["items"].as_array().into_iter().flatten().find(|contract| contract["number"] == number);
        found.unwrap_or_else(|| panic!("no contract {number}: {contracts}"))["id"].clone()
    }
}

/// A request with all that the procedure asks for (R9).
pub(crate) fn request(subject: &str, service: &str) -> Value {
    json!({
        "subject": subject,
        "description": "El desprendible de octubre no muestra las horas extras que me aprobaron.",
        "service": service,
        "department": "TH",
        "site": "BOG",
        "place": "Piso 2, puesto 2-18",
        "contact": { "name": "Marta Lucía Ocampo", "email": "usuario@agencia.example", "phone": "2147" },
        "has_remote_support": true,
        "remote_support_id": "123 456 789",
    })
}

/// A case's number.
pub(crate) fn number(case: &Value) -> String {
    case["number"].as_str().unwrap_or_else(|| panic!("no number: {case}")).to_owned()
}
