//! Why an order that came by mail was not carried out, in words for whoever gave it.

/// The sentence of a refusal's code, to stand after a colon and before a full stop.
pub(super) fn sentence(code: &str, es: bool) -> &'static str {
    let (spanish, english) = match code {
        "order-without-token" => (
            "las órdenes con @ solo valen al responder el aviso que la mesa le escribió a usted",
            "orders with @ count only in answer to the notice that the desk wrote to you",
        ),
        "order-not-alone" => (
            "traía más de una orden, y cada correo lleva una sola",
            "it held more than one order, and each mail holds one",
        ),
        "order-unknown" => (
            "esa orden no existe; las que hay son @nota, @resolver y @escalar",
            "there is no such order; there are @note, @solve and @escalate",
        ),
        "order-unknown-level" => (
            "después de @escalar solo puede ir el nivel, 2 o 3",
            "after @escalate only the level can stand, 2 or 3",
        ),
        "answer-unknown" => (
            "no se pudo saber qué aviso respondía, y por eso tampoco a quién le escribía",
            "which notice it answered could not be told, and so neither to whom it was written",
        ),
        "answer-empty" => (
            "no traía nada escrito por usted; escriba por encima de lo citado",
            "it held nothing written by you; write above what is quoted",
        ),
        "answer-quotes" => (
            "lo que usted escribió no se distingue de lo que cita, que no es para quien lo leería; escriba por encima, sin citar",
            "what you wrote cannot be told from what it quotes, which is not for its readers; write above, without quoting",
        ),
        "answer-encloses" => (
            "traía otro correo como archivo, y no se sabe qué dice; cópielo en la mesa si es para quien lo pidió",
            "it held another mail as a file, and nobody knows what that says; put it in at the desk if it is for the requester",
        ),
        "order-empty" => ("no decía nada debajo de la orden", "it said nothing below the order"),
        "not-your-role" | "not-your-case" | "not-your-group" | "not-your-level" => (
            "el caso lo tiene otra persona, o su rol no lo permite",
            "somebody else has the case, or your role does not allow it",
        ),
        "not-your-contract" => {
            ("el contrato del caso no está a su cargo", "the contract of the case is not in your charge")
        }
        "not-assessed" => (
            "falta evaluar el caso en su nivel, y eso va antes",
            "the case has not been assessed at its level, which comes first",
        ),
        "wrong-state" => (
            "el procedimiento no lo permite en el estado en que está el caso",
            "the procedure does not allow it in the state in which the case is",
        ),
        "already-closed" => ("el caso ya está cerrado", "the case is closed already"),
        "level-not-next" => (
            "se escala al nivel que sigue, sin saltarse ninguno",
            "a case is escalated to the next level, skipping none",
        ),
        "no-level-above" => (
            "no hay un nivel más alto; desde el tercero se escala a un proveedor, en la mesa",
            "there is no level above; from the third a case goes to a provider, at the desk",
        ),
        "no-follow-up-due" => ("el caso no espera un seguimiento", "the case waits for no follow-up"),
        "bad-field" => ("algo era demasiado largo", "something was too long"),
        _ => ("el procedimiento no lo permite ahora", "the procedure does not allow it now"),
    };
    if es { spanish } else { english }
}
