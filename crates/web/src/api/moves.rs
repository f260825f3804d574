//! The moves of the procedure's table: each a resource under its case, each answering the case as it then is.

use atiende_desk::DeskError;
use atiende_procedure::{CaseNumber, Command};
use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Body, Caller, Sent};
use super::json;
use super::problem::Problem;
use crate::app::App;
use crate::attempt::Content;
use crate::bodies::{
    Acknowledging, AssessmentBody, Assignment, CancellationBody, Classification, Closure, Conclusion,
    Confirmation, Escalation, FollowUpBody, Making, Merger, MessageBody, ProviderReport, ProviderReturn,
    Referral, Reopening, Resumption, SendBackBody, SolutionBody, SurveyBody, Taking, Wait, WatcherBody,
};
use crate::request::RequestDetails;

/// Carries a command out and answers the case as it then is. A case that the move takes out of the caller's sight is
/// answered by its number and nothing more.
pub(crate) async fn carry_out(
    app: &App,
    caller: &Caller,
    number: &str,
    content: Content,
    version: Option<u64>,
    command: Command,
) -> Result<Json<Value>, Problem> {
    let number: CaseNumber = number.parse().map_err(|_| Problem::not_found())?;
    let id = caller.attempt(app, content).await?;
    let done = app.desk.execute(caller.viewer, id, number.clone(), version, command).await;
    let case = done.map_err(|error| caller.problem(&error))?.case;
    match app.desk.case_seen_by(caller.viewer, number).await {
        Ok(seen) => Ok(Json(json::case(&seen))),
        Err(DeskError::NoSuchCase) => Ok(Json(serde_json::json!({
            "number": case.number, "version": case.version, "status": case.status.name(),
        }))),
        Err(error) => Err(caller.problem(&error)),
    }
}

async fn act<B: crate::bodies::Body>(
    app: App,
    caller: Caller,
    number: String,
    sent: Sent<B>,
) -> Result<Json<Value>, Problem> {
    let Sent { read, content } = sent;
    let Body { version, said } = match read {
        Ok(body) => body,
        Err(problem) => return Err(unless_unseen(&app, &caller, &number, problem).await),
    };
    let other = match said.other().map(str::parse::<CaseNumber>) {
        Some(Ok(other)) => match app.desk.case_seen_by(caller.viewer, other).await {
            Ok(seen) => Some(seen.case.id),
            Err(DeskError::NoSuchCase) => None,
            Err(error) => return Err(caller.problem(&error)),
        },
        _ => None,
    };
    let making = Making { salter: app.desk.ambience().salter(), office: &caller.office, other };
    match said.command(&making) {
        Ok(command) => carry_out(&app, &caller, &number, content, version, command).await,
        Err(refusal) => {
            let problem = Problem::refused(&refusal, caller.t);
            Err(unless_unseen(&app, &caller, &number, problem).await)
        }
    }
}

/// What is wrong with a body, said only to who may see the case.
async fn unless_unseen(app: &App, caller: &Caller, number: &str, problem: Problem) -> Problem {
    super::cases::seen(app, caller, number).await.err().unwrap_or(problem)
}

/// Declares a handler for each move.
macro_rules! moves {
    ($($(#[doc = $doc:literal])+ $path:literal $name:ident $body:ty),+ $(,)?) => {
        $(
            $(#[doc = $doc])+
            #[utoipa::path(
                post,
                path = $path,
                tag = "moves",
                params(("number" = String, Path, description = "The case's number")),
                request_body = $body,
                responses(
                    (status = 200, description = "The case as it then is", body = Value),
                    (status = 401, description = "No valid token", body = Problem),
                    (status = 403, description = "A move that the caller may never make here", body = Problem),
                    (status = 404, description = "No such case for the caller", body = Problem),
                    (status = 409, description = "The case's state refuses it, or the version is stale", body = Problem),
                    (status = 422, description = "Bad content", body = Problem),
                )
            )]
            async fn $name(
                State(app): State<App>,
                caller: Caller,
                Path(number): Path<String>,
                sent: Sent<$body>,
            ) -> Result<Json<Value>, Problem> {
                act(app, caller, number, sent).await
            }
        )+

        pub(crate) fn router() -> OpenApiRouter<App> {
            OpenApiRouter::new()$(.routes(routes!($name)))+
        }
    };
}

moves! {
    /// Says what it is about (R10).
    "/api/v1/cases/{number}/classifications" classify Classification,
    /// Gives it to a group and perhaps a person, at a level (R10).
    "/api/v1/cases/{number}/assignments" assign Assignment,
    /// Takes it from a group of one's own.
    "/api/v1/cases/{number}/takings" take Taking,
    /// Records the technical assessment and the waiting time (R11).
    "/api/v1/cases/{number}/assessments" assess AssessmentBody,
    /// Says something to an audience.
    "/api/v1/cases/{number}/messages" say MessageBody,
    /// Lets the work wait.
    "/api/v1/cases/{number}/waits" wait Wait,
    /// Goes on with the work.
    "/api/v1/cases/{number}/resumptions" resume Resumption,
    /// To the next level or to a provider (R11).
    "/api/v1/cases/{number}/escalations" escalate Escalation,
    /// Follows up a provider's handling (R13).
    "/api/v1/cases/{number}/follow-ups" follow_up FollowUpBody,
    /// Notes what the provider reported (R12).
    "/api/v1/cases/{number}/provider-reports" report ProviderReport,
    /// Takes it back from the provider.
    "/api/v1/cases/{number}/provider-returns" take_back ProviderReturn,
    /// It is done, by whom and how (R14).
    "/api/v1/cases/{number}/solutions" solve SolutionBody,
    /// The requester confirms (R14).
    "/api/v1/cases/{number}/confirmations" confirm Confirmation,
    /// The requester reopens within the grace.
    "/api/v1/cases/{number}/reopenings" reopen Reopening,
    /// The desk closes before the grace ends, saying how the requester agreed.
    "/api/v1/cases/{number}/closures" close Closure,
    /// The requester rates the service (R14).
    "/api/v1/cases/{number}/surveys" rate SurveyBody,
    /// Refers it to the security procedure (R10).
    "/api/v1/cases/{number}/referrals" refer Referral,
    /// The officer acknowledges receipt (R10).
    "/api/v1/cases/{number}/acknowledgements" acknowledge Acknowledging,
    /// The officer sends it back as no security incident.
    "/api/v1/cases/{number}/send-backs" send_back SendBackBody,
    /// The officer closes it with its outcome.
    "/api/v1/cases/{number}/conclusions" conclude Conclusion,
    /// It will not be attended, or is a duplicate.
    "/api/v1/cases/{number}/cancellations" cancel CancellationBody,
    /// It becomes part of another case.
    "/api/v1/cases/{number}/mergers" merge Merger,
    /// Adds or removes a watcher.
    "/api/v1/cases/{number}/watchers" watch WatcherBody,
}

/// Supplies what the request lacks (R9).
#[utoipa::path(
    post,
    path = "/api/v1/cases/{number}/details",
    tag = "moves",
    params(("number" = String, Path, description = "The case's number")),
    request_body = RequestDetails,
    responses((status = 200, description = "The case as it then is", body = Value), (status = 422, body = Problem))
)]
pub(crate) async fn details(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
    sent: Sent<RequestDetails>,
) -> Result<Json<Value>, Problem> {
    let Sent { read, content } = sent;
    let given = read.and_then(|Body { version, said }| {
        let given = said.given(&app.desk.ambience().salter(), &caller.office);
        Ok((version, given.map_err(|refusal| Problem::refused(&refusal, caller.t))?))
    });
    match given {
        Ok((version, details)) => {
            carry_out(&app, &caller, &number, content, version, Command::Complete { details }).await
        }
        Err(problem) => Err(unless_unseen(&app, &caller, &number, problem).await),
    }
}
