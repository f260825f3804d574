//! Whether a sender is who he says, asked of a name server.

use atiende_mail::{Authenticity, Mailbox, SenderCheck};
use atiende_testkit::dns::{Manner, NameServer};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;

const POLICY: &str = "v=DMARC1; p=reject";

/// Who received it noted whence it came: from one of the agency's own addresses, and from another's.
const FROM_ITS_OWN: &str = "Return-Path: <ana@agencia.example>\r\n\
    Received: from mx.agencia.example (mx.agencia.example [203.0.113.5]) by in.agencia.example with ESMTPS; \
    Mon, 23 Nov 2026 10:00:00 -0500\r\n";
const FROM_ELSEWHERE: &str = "Return-Path: <ana@agencia.example>\r\nDelivered-To: soporte@agencia.example\r\n\
    Received: from store (store [10.0.0.8]) by box.agencia.example with LMTP; Mon, 23 Nov 2026 10:00:01 -0500\r\n\
    Received: from pc (unknown [198.51.100.9]) by in.agencia.example with ESMTP; Mon, 23 Nov 2026 10:00:00 -0500\r\n";

const LETTER: &str = "From: Ana <ana@agencia.example>\r\nTo: soporte@agencia.example\r\n\
    Subject: Clave\r\n\r\nNo puedo entrar.\r\n";

fn ana() -> Mailbox {
    Mailbox::new("Ana", "ana@agencia.example").expect("an address")
}

/// The name server of a domain with a policy, and the key with which its letters are signed.
struct Domain {
    server: NameServer,
    pkcs8: Vec<u8>,
}

impl Domain {
    fn new(policy: &str, manner: Manner) -> Domain {
        let pkcs8 = Ed25519Key::generate_pkcs8().expect("a key");
        let public = Ed25519Key::from_pkcs8_der(&pkcs8).expect("a key").public_key();
        let public = format!("v=DKIM1; k=ed25519; p={}", BASE64_STANDARD.encode(public));
        let mut texts = vec![
            ("llave._domainkey.agencia.example", public.as_str()),
            ("llave._domainkey.ajena.example", public.as_str()),
            ("llave._domainkey.correo.agencia.example", public.as_str()),
            ("agencia.example", "v=spf1 ip4:203.0.113.5 -all"),
            ("ajena.example", "v=spf1 ip4:198.51.100.9 -all"),
        ];
        if !policy.is_empty() {
            texts.push(("_dmarc.agencia.example", policy));
        }
        Domain { server: NameServer::start(&texts, manner).expect("a free port"), pkcs8 }
    }

    fn signed_by(&self, domain: &str, letter: &str) -> String {
        let key = Ed25519Key::from_pkcs8_der(&self.pkcs8).expect("a key");
        let signer = DkimSigner::from_key(key).domain(domain).selector("llave").headers(["From", "Subject"]);
        format!("{}{letter}", signer.sign(letter.as_bytes()).expect("signed").to_header())
    }

    fn signature(&self, domain: &str) -> String {
        let signed = self.signed_by(domain, LETTER);
        signed.strip_suffix(LETTER).expect("a header before the letter").to_owned()
    }

    async fn says(&self, letter: &str) -> Option<Authenticity> {
        let check = SenderCheck::by_server(self.server.address()).expect("a resolver");
        check.check(letter.as_bytes(), &ana()).await.ok()
    }
}

#[tokio::test]
async fn a_letter_that_its_domain_signed_is_its_senders() {
    let domain = Domain::new(POLICY, Manner::Answers);
    let signed = format!("{FROM_ELSEWHERE}{}", domain.signed_by("agencia.example", LETTER));
    assert_eq!(domain.says(&signed).await, Some(Authenticity::Pass));
    let changed = signed.replace("No puedo", "Ya puedo");
    assert_eq!(domain.says(&changed).await, Some(Authenticity::Fail), "changed on the way");
    let of_another = format!("{FROM_ELSEWHERE}{}", domain.signed_by("ajena.example", LETTER));
    assert_eq!(domain.says(&of_another).await, Some(Authenticity::Fail), "signed by somebody else");
}

#[tokio::test]
async fn a_letter_from_where_its_domain_sends_is_its_senders_and_from_elsewhere_it_is_not() {
    let domain = Domain::new(POLICY, Manner::Answers);
    assert_eq!(domain.says(&format!("{FROM_ITS_OWN}{LETTER}")).await, Some(Authenticity::Pass));
    assert_eq!(domain.says(&format!("{FROM_ELSEWHERE}{LETTER}")).await, Some(Authenticity::Fail));
    let other_path = FROM_ELSEWHERE.replace("<ana@agencia.example>", "<x@ajena.example>");
    let forged = format!("{other_path}{LETTER}");
    assert_eq!(domain.says(&forged).await, Some(Authenticity::Fail), "his own domain lets him send");
    let told = format!("{FROM_ELSEWHERE}{FROM_ITS_OWN}{LETTER}");
    assert_eq!(
        domain.says(&told).await,
        Some(Authenticity::Fail),
        "the sender wrote the lower lines himself"
    );
}

#[tokio::test]
async fn a_domain_without_a_policy_says_nothing_and_neither_does_a_letter_from_inside() {
    let domain = Domain::new("", Manner::Answers);
    assert_eq!(domain.says(&format!("{FROM_ELSEWHERE}{LETTER}")).await, Some(Authenticity::Unknown));
    let domain = Domain::new(POLICY, Manner::Answers);
    let inside = FROM_ELSEWHERE.replace("198.51.100.9", "192.168.1.20");
    assert_eq!(domain.says(&format!("{inside}{LETTER}")).await, Some(Authenticity::Unknown));
    let signed_in = FROM_ELSEWHERE.replace("with ESMTP;", "with ESMTPSA;");
    assert_eq!(domain.says(&format!("{signed_in}{LETTER}")).await, Some(Authenticity::Unknown));
    assert_eq!(domain.says(LETTER).await, Some(Authenticity::Unknown), "no server received it");
    assert_eq!(domain.server.asked(), 0, "nobody is asked about those");
    assert_eq!(SenderCheck::off().check(FROM_ELSEWHERE.as_bytes(), &ana()).await, Ok(Authenticity::Unknown));
}

#[tokio::test]
async fn a_sender_of_two_domains_is_none() {
    let domain = Domain::new(POLICY, Manner::Answers);
    let two = LETTER.replace("From: Ana", "From: x@ajena.example, Ana");
    assert_eq!(domain.says(&format!("{FROM_ELSEWHERE}{two}")).await, Some(Authenticity::Fail));
    let again = format!("{FROM_ELSEWHERE}From: x@ajena.example\r\n{LETTER}");
    assert_eq!(domain.says(&again).await, Some(Authenticity::Fail));
}

#[tokio::test]
async fn thousands_of_signatures_cost_no_more_than_a_few() {
    let domain = Domain::new(POLICY, Manner::Answers);
    let header = domain.signature("agencia.example");
    let many: String = (0..3_000)
        .map(|n| header.replace("s=llave", &format!("s=s{n}")).replace("bh=", "l=4; bh="))
        .collect();
    let letter = format!("{FROM_ELSEWHERE}{many}{LETTER}");
    assert_eq!(domain.says(&letter).await, Some(Authenticity::Fail));
    assert!(domain.server.asked() < 40, "{} questions", domain.server.asked());
}

#[tokio::test]
async fn a_name_server_that_fails_says_nothing_about_anybody() {
    let domain = Domain::new(POLICY, Manner::Fails);
    assert_eq!(domain.says(&format!("{FROM_ELSEWHERE}{LETTER}")).await, None);
}

#[tokio::test]
async fn a_name_server_that_whoever_writes_chose_is_not_asked() {
    let domain = Domain::new(POLICY, Manner::SilentAbout("lenta.example"));
    let slow = domain.signature("lenta.example").repeat(5);
    let path = FROM_ELSEWHERE.replace("<ana@agencia.example>", "<x@lenta.example>");
    assert_eq!(domain.says(&format!("{path}{slow}{LETTER}")).await, Some(Authenticity::Fail));
    assert_eq!(domain.server.asked_about("lenta.example"), 0);
    let signed = domain.signed_by("agencia.example", LETTER);
    let said = domain.says(&format!("{path}{slow}{signed}")).await;
    assert_eq!(said, Some(Authenticity::Pass), "its own is found behind them");
}

#[tokio::test]
async fn who_cannot_be_asked_about_a_proof_is_not_believed() {
    let domain = Domain::new(POLICY, Manner::SilentAbout("sub.agencia.example"));
    let slow = domain.signature("sub.agencia.example");
    assert_eq!(domain.says(&format!("{FROM_ELSEWHERE}{slow}{LETTER}")).await, None);
    let path = FROM_ELSEWHERE.replace("<ana@agencia.example>", "<x@sub.agencia.example>");
    assert_eq!(domain.says(&format!("{path}{LETTER}")).await, None);
    let domain = Domain::new(POLICY, Manner::SilentAbout("llave._domainkey.agencia.example"));
    let signed = domain.signed_by("agencia.example", LETTER);
    assert_eq!(domain.says(&format!("{FROM_ELSEWHERE}{signed}")).await, None);
    assert_eq!(
        domain.says(&format!("{FROM_ITS_OWN}{signed}")).await,
        Some(Authenticity::Pass),
        "the other proof is enough"
    );
}

#[tokio::test]
async fn what_is_beside_the_sender_s_domain_speaks_for_it_unless_that_is_strict() {
    let domain = Domain::new(POLICY, Manner::Answers);
    let signed = format!("{FROM_ELSEWHERE}{}", domain.signed_by("correo.agencia.example", LETTER));
    assert_eq!(domain.says(&signed).await, Some(Authenticity::Pass));
    let domain = Domain::new("v=DMARC1; p=reject; adkim=s", Manner::Answers);
    let signed = format!("{FROM_ELSEWHERE}{}", domain.signed_by("correo.agencia.example", LETTER));
    assert_eq!(domain.says(&signed).await, Some(Authenticity::Fail));
}

#[tokio::test]
async fn an_author_whom_only_one_reader_sees_is_none() {
    let domain = Domain::new(POLICY, Manner::Answers);
    for from in [
        "From: x@ajena.example",
        "From: =?utf-8?q?ana=40agencia.example?=",
        "X-From: Ana <ana@agencia.example>",
    ] {
        let letter = LETTER.replace("From: Ana <ana@agencia.example>", from);
        let said = domain.says(&format!("{FROM_ELSEWHERE}{letter}")).await;
        assert_eq!(said, Some(Authenticity::Fail), "{from}");
    }
}

#[tokio::test]
async fn nobody_hides_by_the_name_with_which_he_greets_whence_he_came() {
    let domain = Domain::new(POLICY, Manner::Answers);
    let path = "Return-Path: <ana@agencia.example>\r\n";
    let own = "Received: from pc (pc [10.0.0.7]) by in.agencia.example with ESMTPSA; Mon, 23 Nov 2026 09:59:00 -0500\r\n";
    let ip = "198.51.100.9";
    let mut lines = vec![
        format!("from [{ip}] by mx.agencia.example with esmtp (Exim 4.97)"),
        format!("from [{ip}] (port=4123 helo=[203.0.113.5]) by mx.agencia.example with esmtp (Exim 4.97)"),
        format!("from x.example ([{ip}] helo=[10.1.2.3]) by mx.agencia.example with esmtp (Exim 4.97)"),
        format!("from x.example ({ip}) by mx.agencia.example (10.0.0.2) with Microsoft SMTP Server id 15.2"),
        format!("from x.example (HELO by) ({ip}) by mx.agencia.example with SMTP"),
        format!("from x.example ([::ffff:{ip}]) by mx.agencia.example with ESMTP"),
        format!("from x.example ({ip}:2525) by mx.agencia.example with ESMTP"),
        format!(
            "from x (x [{ip}]) by mx.agencia.example with ESMTP for <\"x by y with ESMTPSA\"@agencia.example>"
        ),
    ];
    let names = [
        "by",
        "with",
        "id",
        "for",
        "from",
        "via",
        ";",
        "ESMTPSA",
        "[10.1.2.3]",
        "[203.0.113.5]",
        "203.0.113.5",
        "[IPv6:fd00::1]",
        "[203.0.113.5]by",
        "(",
        "x)",
    ];
    for name in names {
        lines.push(format!("from {name} (unknown [{ip}]) by mx.agencia.example (Postfix) with ESMTP id 4X"));
    }
    for line in lines {
        let letter = format!("{path}Received: {line}; Mon, 23 Nov 2026 10:00:00 -0500\r\n{own}{LETTER}");
        assert_eq!(domain.says(&letter).await, Some(Authenticity::Fail), "{line}");
    }
    let ours =
        "from mx (mx [203.0.113.5]) by in.agencia.example with ESMTPS; Mon, 23 Nov 2026 10:00:00 -0500";
    let letter = format!("{path}Received: {ours}\r\n{LETTER}");
    assert_eq!(domain.says(&letter).await, Some(Authenticity::Pass));
}
