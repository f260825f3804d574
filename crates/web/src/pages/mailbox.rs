//! A mailbox of the office: its servers, what opens them, and a test that says in words what is wrong.

use askama::Template;
use atiende_desk::{AdministerError, DeskError, MailSecret, MailSecrets, TriedMailbox};
use atiende_mail::wire::WireError;
use atiende_procedure::office::{MailSecurity, MailServer, Mailbox, OAuthClient, Receiving};
use atiende_procedure::{MailboxId, Role};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{Field, Input, blame, refill};
use super::new::command_id;
use super::office::reads_office;
use crate::again::{Again, Posted};
use crate::app::App;
use crate::frame::Frame;
use crate::lenient::Fields;
use crate::oops::{Oops, page, shown};
use crate::refused::{field, sentence};
use crate::visitor::Visitor;

#[derive(Debug, Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    frame: Frame,
    title: String,
    own: Vec<Field>,
    receives: Vec<Field>,
    sends: Vec<Field>,
    oauth: Vec<Field>,
    all: Vec<Field>,
    plus_addresses: bool,
    active: bool,
    error: Option<String>,
    tried: Vec<Tried>,
    may_change: bool,
    command: String,
}

/// What a test found of one of the servers.
#[derive(Debug)]
struct Tried {
    well: bool,
    words: String,
    detail: String,
}

impl Tried {
    fn icon(&self) -> &'static str {
        if self.well { "circle-check" } else { "alert-circle" }
    }
}

fn may_change(visitor: &Visitor) -> bool {
    visitor.person.is(Role::SystemAdministrator)
}

fn port(server: Option<&MailServer>) -> String {
    server.map_or_else(String::new, |server| server.port.to_string())
}

fn server_fields(frame: &Frame, part: &str, server: Option<&MailServer>, usual: &str) -> Vec<Field> {
    let t = frame.t;
    let name = |field: &str| format!("{part}.{field}");
    let security = server.map_or(MailSecurity::Tls, |server| server.security);
    let said = |pick: fn(&MailServer) -> &String| server.map(pick).cloned().unwrap_or_default();
    vec![
        Field::new(Input::Line, &name("host"), t.get("mailbox-host")).value(said(|it| &it.host)).expected(),
        Field::new(Input::Number, &name("port"), t.get("mailbox-port"))
            .value(port(server))
            .hint(usual)
            .expected(),
        Field::new(Input::Select, &name("security"), t.get("mailbox-security"))
            .words(t, "mail-security", MailSecurity::ALL)
            .value(security.as_str())
            .expected(),
        Field::new(Input::Line, &name("user"), t.get("mailbox-user")).value(said(|it| &it.user)).expected(),
        Field::new(Input::NewPassword, &name("password"), t.get("mailbox-password"))
            .hint(t.get(match (server, part) {
                (Some(_), _) => "mailbox-password-kept",
                (None, "sends") => "mailbox-password-hint",
                (None, _) => "mailbox-password-new",
            }))
            .expected(),
    ]
}

impl MailboxPage {
    fn new(app: &App, visitor: &Visitor, mailbox: Option<&Mailbox>) -> MailboxPage {
        let frame = visitor.frame(app);
        let t = frame.t;
        let receiving = mailbox.and_then(|mailbox| mailbox.receives.as_ref());
        let folder = |pick: fn(&Receiving) -> &String, usual: &str| {
            receiving.map_or_else(|| usual.to_owned(), |receiving| pick(receiving).clone())
        };
        let said = |pick: fn(&Mailbox) -> &String| mailbox.map(pick).cloned().unwrap_or_default();
        let own = vec![
            Field::new(Input::Line, "name", t.get("mailbox-name"))
                .value(said(|it| &it.name))
                .hint(t.get("mailbox-name-hint")),
            Field::new(Input::Email, "address", t.get("mailbox-address")).value(said(|it| &it.address)),
        ];
        let mut receives =
            server_fields(&frame, "receives", receiving.map(|it| &it.server), t.get("mailbox-port-imap"));
        receives.extend([
            Field::new(Input::Line, "receives.folder", t.get("mailbox-folder"))
                .value(folder(|it| &it.folder, "INBOX"))
                .expected(),
            Field::new(Input::Line, "receives.processed", t.get("mailbox-processed"))
                .value(folder(|it| &it.processed, ""))
                .hint(t.get("mailbox-processed-hint"))
                .optional(),
            Field::new(Input::Line, "receives.failed", t.get("mailbox-failed"))
                .value(folder(|it| &it.failed, ""))
                .optional(),
            Field::new(Input::Line, "authserv_id", t.get("mailbox-authserv"))
                .value(said(|it| &it.authserv_id))
                .hint(t.get("mailbox-authserv-hint"))
                .optional(),
        ]);
        let sends = server_fields(
            &frame,
            "sends",
            mailbox.and_then(|mailbox| mailbox.sends.as_ref()),
            t.get("mailbox-port-smtp"),
        );
        MailboxPage {
            title: mailbox.map_or_else(|| t.get("mailbox-add").to_owned(), |mailbox| mailbox.name.clone()),
            own,
            receives,
            sends,
            oauth: oauth_fields(&frame, mailbox),
            all: Vec::new(),
            plus_addresses: mailbox.is_none_or(|mailbox| mailbox.plus_addresses),
            active: mailbox.is_none_or(|mailbox| mailbox.active),
            error: None,
            tried: Vec::new(),
            may_change: may_change(visitor),
            command: app.desk.ambience().command_id().to_string(),
            frame,
        }
    }

    fn refilled(mut self, typed: &Fields) -> MailboxPage {
        for fields in [&mut self.own, &mut self.receives, &mut self.sends, &mut self.oauth] {
            refill(fields, typed);
        }
        self.plus_addresses = typed.0.contains_key("plus_addresses");
        self.active = typed.0.contains_key("active");
        self
    }

    fn blamed(mut self, name: Option<&str>, message: String) -> MailboxPage {
        let groups = [&mut self.own, &mut self.receives, &mut self.sends, &mut self.oauth];
        let found = groups.into_iter().any(|fields| name.is_some_and(|name| blame(fields, name, &message)));
        if !found {
            self.error = Some(message);
        }
        let fields = self.own.iter().chain(&self.receives).chain(&self.sends).chain(&self.oauth);
        self.all = fields.filter(|field| field.error.is_some()).cloned().collect();
        self
    }
}

fn oauth_fields(frame: &Frame, mailbox: Option<&Mailbox>) -> Vec<Field> {
    let t = frame.t;
    let servers = |mailbox: &Mailbox| {
        let receives = mailbox.receives.as_ref().and_then(|it| it.server.oauth.clone());
        receives.or(mailbox.sends.as_ref().and_then(|it| it.oauth.clone()))
    };
    let client = mailbox.and_then(servers);
    let said = |pick: fn(&OAuthClient) -> &String| client.as_ref().map(pick).cloned().unwrap_or_default();
    let field = |input, name: &str, label: &str| Field::new(input, name, t.get(label)).optional();
    vec![
        field(Input::Line, "oauth.token_url", "mailbox-token-url").value(said(|it| &it.token_url)),
        field(Input::Line, "oauth.client_id", "mailbox-client-id").value(said(|it| &it.client_id)),
        field(Input::Line, "oauth.scope", "mailbox-scope").value(said(|it| &it.scope)),
        field(Input::NewPassword, "oauth.client_secret", "mailbox-client-secret"),
        field(Input::NewPassword, "oauth.refresh_token", "mailbox-refresh-token"),
    ]
}

pub(crate) async fn new(State(app): State<App>, visitor: Visitor) -> Response {
    if !may_change(&visitor) {
        return Oops::not_found(visitor.frame(&app)).into_response();
    }
    shown(&MailboxPage::new(&app, &visitor, None))
}

pub(crate) async fn edit(State(app): State<App>, visitor: Visitor, Path(id): Path<MailboxId>) -> Response {
    match visitor.office.mailboxes.get(&id).filter(|_| reads_office(&visitor)) {
        Some(mailbox) => shown(&MailboxPage::new(&app, &visitor, Some(mailbox))),
        None => Oops::not_found(visitor.frame(&app)).into_response(),
    }
}

pub(crate) async fn create(State(app): State<App>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    sent(&app, &visitor, None, &form.fields).await
}

pub(crate) async fn save(State(app): State<App>, Path(id): Path<MailboxId>, posted: Posted) -> Response {
    let Posted { visitor, form } = posted;
    match visitor.office.mailboxes.get(&id).cloned() {
        Some(mailbox) => sent(&app, &visitor, Some(&mailbox), &form.fields).await,
        None => Oops::not_found(visitor.frame(&app)).into_response(),
    }
}

async fn sent(app: &App, visitor: &Visitor, before: Option<&Mailbox>, typed: &Fields) -> Response {
    if !may_change(visitor) {
        return Oops::not_found(visitor.frame(app)).into_response();
    }
    let again = || MailboxPage::new(app, visitor, before).refilled(typed);
    let t = visitor.looker.t;
    let mailbox = match read(typed, before.map_or(MailboxId(0), |before| before.id)) {
        Ok(mailbox) => mailbox,
        Err(name) => {
            let again = again().blamed(Some(name), t.get("problem-malformed").to_owned());
            return page(StatusCode::UNPROCESSABLE_ENTITY, &again);
        }
    };
    let secrets = secrets(typed);
    if typed.get("accion") == "probar" {
        return match app.desk.try_mailbox(&mailbox, &secrets).await {
            Ok(tried) => shown(&MailboxPage { tried: told(&visitor.frame(app), &tried), ..again() }),
            Err(error) => Oops::to(app, visitor, &error.into()).into_response(),
        };
    }
    let id = command_id(app, &visitor.person.id.to_string(), &visitor.looker.path, typed, &[]);
    match app.desk.set_mailbox(visitor.viewer, id, mailbox, secrets).await {
        Ok(_) => Redirect::to("/oficina/correo?hecho=guardado").into_response(),
        Err(AdministerError::Refused { refusal, .. }) => {
            let again = again().blamed(field(&refusal).as_deref(), sentence(t, &refusal));
            page(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(AdministerError::ReadOnly) => Oops::to(app, visitor, &DeskError::ReadOnly).into_response(),
        Err(AdministerError::Store(error)) => {
            let again = Again::of(&visitor.looker.path, typed);
            Oops::to(app, visitor, &error.into()).with(again).into_response()
        }
    }
}

/// The mailbox that the form describes, or the field that cannot be read.
fn read(typed: &Fields, id: MailboxId) -> Result<Mailbox, &'static str> {
    let line = |name: &str| typed.get(name).trim().to_owned();
    let receives = server(typed, "receives", "receives.port")?.map(|server| Receiving {
        server,
        folder: line("receives.folder"),
        processed: line("receives.processed"),
        failed: line("receives.failed"),
    });
    Ok(Mailbox {
        id,
        name: line("name"),
        address: line("address"),
        receives,
        sends: server(typed, "sends", "sends.port")?,
        authserv_id: line("authserv_id"),
        plus_addresses: typed.0.contains_key("plus_addresses"),
        active: typed.0.contains_key("active"),
    })
}

/// A server, when its host is named.
fn server(typed: &Fields, part: &str, port: &'static str) -> Result<Option<MailServer>, &'static str> {
    let line = |name: &str| typed.get(&format!("{part}.{name}")).trim().to_owned();
    let host = line("host");
    if host.is_empty() {
        return Ok(None);
    }
    let client = OAuthClient {
        token_url: typed.get("oauth.token_url").trim().to_owned(),
        client_id: typed.get("oauth.client_id").trim().to_owned(),
        scope: typed.get("oauth.scope").trim().to_owned(),
    };
    Ok(Some(MailServer {
        host,
        port: line("port").parse().map_err(|_| port)?,
        security: line("security").parse().unwrap_or(MailSecurity::Tls),
        user: line("user"),
        oauth: (!client.token_url.is_empty()).then_some(client),
    }))
}

fn secrets(typed: &Fields) -> MailSecrets {
    let of = |part: &str| MailSecret {
        password: typed.get(&format!("{part}.password")).to_owned(),
        client_secret: typed.get("oauth.client_secret").trim().to_owned(),
        refresh_token: typed.get("oauth.refresh_token").trim().to_owned(),
    };
    MailSecrets { receives: of("receives"), sends: of("sends") }
}

fn told(frame: &Frame, tried: &TriedMailbox) -> Vec<Tried> {
    let t = frame.t;
    let wrong = |part: &str, error: &WireError| Tried {
        well: false,
        words: format!("{}: {}", t.get(part), t.of_word("mail-step", error.step.as_str())),
        detail: error.detail.clone(),
    };
    let receives = tried.receives.as_ref().map(|tried| match tried {
        Ok(report) => Tried {
            well: true,
            words: t.count("mailbox-receives-well", usize::try_from(report.messages).unwrap_or_default()),
            detail: t.get(if report.idles { "mailbox-idles" } else { "mailbox-polls" }).to_owned(),
        },
        Err(error) => wrong("mailbox-receives", error),
    });
    let sends = tried.sends.as_ref().map(|tried| match tried {
        Ok(()) => Tried { well: true, words: t.get("mailbox-sends-well").to_owned(), detail: String::new() },
        Err(error) => wrong("mailbox-sends", error),
    });
    let all: Vec<Tried> = receives.into_iter().chain(sends).collect();
    match all.is_empty() {
        true => {
            vec![Tried {
                well: true,
                words: t.get("mailbox-nothing-to-try").to_owned(),
                detail: String::new(),
            }]
        }
        false => all,
    }
}
