//! What short answers mean, orders, and numbers in a text: each with what only looks like it.

use atiende_mail::incoming::Order::{Escalate, Note, Solve, Unknown};
use atiende_mail::incoming::{is_only_thanks, orders, phone_of, remote_support_id, says_solved};

#[test]
fn thanks_are_only_thanks_when_nothing_else_is_said() {
    for said in [
        "gracias",
        "Gracias!",
        "mil gracias, quedo atento",
        "ok, muchas gracias!",
        "OK",
        "MUCHAS GRACIAS",
        "thanks",
        "Thank you very much for your help.",
        "👍",
        "🙏🙏",
        "Gracias 😊",
        "Gracias, Andrés",
        "Muchas gracias ingeniera Nataly.",
        "Muy amable, feliz tarde.",
        "Recibido, gracias.",
        "Gracias por la pronta respuesta y la colaboración",
        "Agradezco su atención.\n\nCordialmente,\n\nMarta Ruiz\nTesorería\nExt. 1204",
        "gracias\n\n-- \nMarta Ruiz\nCel. 300 123 4567",
        "Gracias\n\nEnviado desde mi iPhone",
        "Muchas gracias,\n\nMarta Ruiz\nTesorería",
    ] {
        assert!(is_only_thanks(said), "{said:?}");
    }
    for said in [
        "",
        "gracias, pero sigue igual",
        "Gracias, Sigue igual",
        "Gracias. Aún no imprime",
        "gracias?",
        "¿Gracias a quién?",
        "Gracias, quedo atento a la solución",
        "no gracias",
        "Gracias por nada 😡",
        "Gracias. ¿Cuándo vienen?",
        "ok, pero el escáner no",
        "Muchas gracias, el teléfono es 3001234567",
        "Gracias, Urgente",
        "NO SIRVE GRACIAS",
        "Saludos",
        "Buenos días",
        "👎",
        "Gracias\nEl equipo de Carlos también falla",
        "Muchas gracias,\n\nMarta Ruiz\nPD: la impresora sigue fallando",
        "Quedo atento",
        "Recibido.\nGracias,\nMarta\nSigue fallando",
        "Gracias\nIMPRESORA DAÑADA",
        "Perfecto\nCordialmente\nPD: mañana llamo",
    ] {
        assert!(!is_only_thanks(said), "{said:?}");
    }
}

#[test]
fn solved_is_said_by_the_first_line_alone() {
    for said in [
        "Solucionado",
        "SOLUCIONADO.",
        "Resuelto: se cambió el disco y no se requiere más.",
        "\n\n  Listo, quedó solucionado\nSaludos",
        "Solved",
        "The issue has been resolved. Nothing else is needed.",
        "Caso solucionado.",
        "El problema ya fue resuelto",
        "Buenos días, el caso se encuentra solucionado.",
        "Falla corregida",
    ] {
        assert!(says_solved(said), "{said:?}");
    }
    for said in [
        "",
        "No está solucionado",
        "aún no solucionado",
        "¿Solucionado?",
        "Solucionado?",
        "¿Ya quedó solucionado?",
        "Solucionado parcialmente",
        "Resuelto a medias",
        "Será solucionado mañana",
        "Quedará resuelto el jueves",
        "Si está solucionado, avise",
        "Buenos días.\nSolucionado",
        "Not resolved",
        "Seguimos trabajando. Solucionado el otro caso",
        "Solucionado no está",
        "Listo",
    ] {
        assert!(!says_solved(said), "{said:?}");
    }
}

#[test]
fn orders_stand_at_the_top_one_a_line() {
    let to = |to: &str| Escalate { to: Some(to.to_owned()) };
    let cases = [
        ("@nota\nHabló con el proveedor.", vec![Note], "Habló con el proveedor."),
        ("@nota Habló con el proveedor.\n@resolver", vec![Note], "Habló con el proveedor.\n@resolver"),
        ("\n  @Nota:\n@RESOLVER\n\nSe cambió el cable.", vec![Note, Solve], "Se cambió el cable."),
        ("@note\r\n@solve\r\nDone.", vec![Note, Solve], "Done."),
        ("@escalar", vec![Escalate { to: None }], ""),
        ("@escalar 2\nPor favor", vec![to("2")], "Por favor"),
        ("@escalar al tercer nivel\nPor favor", vec![to("3")], "Por favor"),
        ("@escalar segundo nivel.\nPor favor", vec![to("2")], "Por favor"),
        ("@escalar nivel 3", vec![to("3")], ""),
        ("@escalate to REDES-2\nPlease", vec![to("REDES-2")], "Please"),
        ("@escalar por favor revisar", vec![Escalate { to: None }], "por favor revisar"),
        ("@cerrar\nYa", vec![Unknown("cerrar".into())], "Ya"),
        ("Hola\n@nota", vec![], "Hola\n@nota"),
        ("@marta.ruiz@agencia.example escribió", vec![], "@marta.ruiz@agencia.example escribió"),
        ("@", vec![], "@"),
        ("", vec![], ""),
    ];
    for (said, expected, rest) in cases {
        assert_eq!(orders(said), (expected, rest), "{said:?}");
    }
    assert_eq!(orders(&"@nota\n".repeat(10_000)).0.len(), 10);
}

#[test]
fn numbers_of_remote_support_are_told_from_telephones_and_cards() {
    let found = [
        ("Mi AnyDesk es 123 456 789", "AnyDesk 123 456 789"),
        ("anydesk: 1 023 456 789.", "AnyDesk 1 023 456 789"),
        ("ID de AnyDesk 987654321 y mi celular 300 123 4567", "AnyDesk 987 654 321"),
        ("TeamViewer\n  1 234 567 890\n", "TeamViewer 1 234 567 890"),
        ("Uso Team Viewer, id 912-345-678", "TeamViewer 912 345 678"),
        ("RustDesk: 345678901", "RustDesk 345 678 901"),
        ("ID: 345 678 901", "ID 345 678 901"),
        ("Su ID es 345678901, gracias", "ID 345 678 901"),
    ];
    for (text, expected) in found {
        assert_eq!(remote_support_id(text).as_deref(), Some(expected), "{text:?}");
    }
    for text in [
        "",
        "Mi celular es 300 123 4567",
        "No tengo AnyDesk. Mi celular es 3001234567",
        "AnyDesk no abre. C.C. 1023456789",
        "Necesito AnyDesk. Cédula 1.023.456.789",
        "TeamViewer falla; llame al +57 300 123 4567",
        "Caso MS-2026-120 con AnyDesk",
        "AnyDesk versión 7.1.13",
        "El pedido 123456789 llegó",
        "Necesito AnyDesk en el equipo con placa 00451",
        "ID de caso 123456789",
        "id 12345",
        "ID: 1023456789",
        "ID 1.023.456.789",
        "AnyDesk a nombre de 1.023.456.789",
    ] {
        assert_eq!(remote_support_id(text), None, "{text:?}");
    }
}

#[test]
fn telephones_of_signatures() {
    let found = [
        ("Marta Ruiz\nCel. 300 123 4567", "300 123 4567"),
        ("Cel: +57 (300) 123-4567", "300 123 4567"),
        ("3001234567", "300 123 4567"),
        ("Tel. (601) 234 5678 Ext. 1204", "601 234 5678 ext. 1204"),
        ("PBX: 234 5678 ext 330", "234 5678 ext. 330"),
        ("Tel: (1) 2345678", "234 5678"),
        ("+57 601 2345678", "601 234 5678"),
        ("Tesorería\nExtensión 1204", "ext. 1204"),
        ("Calle 26 # 59-41\nTeléfono 604 123 4567", "604 123 4567"),
    ];
    for (signature, expected) in found {
        assert_eq!(phone_of(signature).as_deref(), Some(expected), "{signature:?}");
    }
    for signature in [
        "",
        "Marta Ruiz\nTesorería",
        "Calle 26 # 59-41, Bogotá",
        "NIT 900.123.456-7",
        "C.C. 1.023.456.789",
        "Piso 3",
    ] {
        assert_eq!(phone_of(signature), None, "{signature:?}");
    }
}

#[test]
fn a_list_says_where_one_writes_to_it() {
    let lists = |heads: &str| {
        let letter = format!("From: a@b.example\r\nSubject: x\r\n{heads}\r\n\r\nHola.\r\n");
        atiende_mail::take_apart(letter.as_bytes()).unwrap().lists
    };
    let group = "List-Post: <https://g.example/soporte/post>, <mailto:Soporte@agencia.example?subject=x>";
    assert_eq!(lists(group), ["soporte@agencia.example"]);
    assert_eq!(lists("List-ID: Mesa <soporte.agencia.example>"), ["soporte@agencia.example"]);
    assert!(lists("List-Unsubscribe: <mailto:x@y.example>").is_empty());
}
