//! A name server on the loopback that knows a few texts.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

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
}

/// Answers until the program ends.
#[derive(Debug)]
pub struct NameServer {
    address: SocketAddr,
    asked: Arc<AtomicU32>,
}

impl NameServer {
    /// Starts one that knows these texts by their names, without a dot at the end.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(texts: &[(&str, &str)], manner: Manner) -> Result<NameServer> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, asked) = (socket.local_addr()?, Arc::new(AtomicU32::new(0)));
        let known: BTreeMap<String, String> =
            texts.iter().map(|(name, text)| (format!("{name}."), (*text).to_owned())).collect();
        let counted = asked.clone();
        std::thread::spawn(move || {
            let mut packet = [0; 4096];
            while let Ok((size, from)) = socket.recv_from(&mut packet) {
                counted.fetch_add(1, Ordering::Relaxed);
                let answer = answer(&packet[..size], &known, manner);
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
    pub fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

/// Nothing for what is no question.
fn answer(packet: &[u8], known: &BTreeMap<String, String>, manner: Manner) -> Option<Vec<u8>> {
    let question = Message::from_vec(packet).ok()?;
    let query = question.queries.first()?.clone();
    let mut answer = Message::response(question.id, question.op_code);
    answer.metadata.recursion_available = true;
    answer.add_query(query.clone());
    let text = known.get(&query.name().to_ascii().to_lowercase());
    match (manner, text) {
        (Manner::Fails, _) => answer.metadata.response_code = ResponseCode::ServFail,
        (Manner::Answers, None) => answer.metadata.response_code = ResponseCode::NXDomain,
        (Manner::Answers, Some(text)) if query.query_type() == RecordType::TXT => {
            let parts: Vec<&[u8]> = text.as_bytes().chunks(255).collect();
            let data = RData::TXT(TXT::from_bytes(parts));
            answer.add_answer(Record::from_rdata(query.name().clone(), 60, data));
        }
        (Manner::Answers, Some(_)) => {}
    }
    answer.to_vec().ok()
}
