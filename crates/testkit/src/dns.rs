//! A name server on the loopback that knows a few texts.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::TXT;
use hickory_proto::rr::{RData, Record, RecordType};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It answers; what it does not know is not there.
    Answers,
    /// It says that it cannot.
    Fails,
    /// It says nothing about this name and those below it, and answers about others.
    SilentAbout(&'static str),
}

/// Answers until the program ends.
#[derive(Debug)]
pub struct NameServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl NameServer {
    /// Starts one that knows these texts by their names, without a dot at the end.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(texts: &[(&str, &str)], manner: Manner) -> Result<NameServer> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, asked) = (socket.local_addr()?, Arc::new(Mutex::default()));
        let known: BTreeMap<String, String> =
            texts.iter().map(|(name, text)| (format!("{name}."), (*text).to_owned())).collect();
        let heard: Arc<Mutex<Vec<String>>> = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut packet = [0; 4096];
            while let Ok((size, from)) = socket.recv_from(&mut packet) {
                let Some((name, answer)) = answer(&packet[..size], &known, manner) else { continue };
                heard.lock().unwrap_or_else(PoisonError::into_inner).push(name);
                if answer.is_some_and(|bytes| socket.send_to(&bytes, from).is_err()) {
                    return;
                }
            }
        });
        Ok(NameServer { address, asked })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked_about("")
    }

    /// How often it was asked about this name and those below it.
    pub fn asked_about(&self, name: &str) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|it| is_below(it, name)).count()
    }
}

fn is_below(name: &str, other: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.strip_suffix(other).is_some_and(|rest| other.is_empty() || rest.is_empty() || rest.ends_with('.'))
}

/// The name and what is said about it; nothing for what is no question.
fn answer(
    packet: &[u8],
    known: &BTreeMap<String, String>,
    manner: Manner,
) -> Option<(String, Option<Vec<u8>>)> {
    let question = Message::from_vec(packet).ok()?;
    let query = question.queries.first()?.clone();
    let mut answer = Message::response(question.id, question.op_code);
    answer.metadata.recursion_available = true;
    answer.add_query(query.clone());
    let name = query.name().to_ascii().to_lowercase();
    match (manner, known.get(&name)) {
        (Manner::SilentAbout(silent), _) if is_below(&name, silent) => return Some((name, None)),
        (Manner::Fails, _) => answer.metadata.response_code = ResponseCode::ServFail,
        (_, None) => answer.metadata.response_code = ResponseCode::NXDomain,
        (_, Some(text)) if query.query_type() == RecordType::TXT => {
            let parts: Vec<&[u8]> = text.as_bytes().chunks(255).collect();
            let data = RData::TXT(TXT::from_bytes(parts));
            answer.add_answer(Record::from_rdata(query.name().clone(), 60, data));
        }
        (_, Some(_)) => {}
    }
    Some((name, answer.to_vec().ok()))
}
