//! How the procedure's words are kept in columns: ids as numbers, words as their stored form, hashes as bytes.

use atiende_procedure::sla::{ClockName, ClockState};
use atiende_procedure::{
    AgreementId, BlobHash, CaseId, Channel, ContractId, DepartmentId, GroupId, Kind, PersonId, Priority,
    ServiceId, SiteId, StatusName, SupportLevel, TextRef, TokenId, WaitingFor,
};

use crate::error::StoreError;
use crate::row::columns;
use crate::value::{Value, values};

macro_rules! ids {
    ($($id:ident),+ $(,)?) => {
        columns! { $($id: i64 => |v| $id(v)),+ }
        values! { $($id: |v| Value::Int(v.0)),+ }
    };
}
ids!(CaseId, PersonId, GroupId, DepartmentId, SiteId, ServiceId, ContractId, AgreementId, TokenId);

macro_rules! words {
    ($($word:ident),+ $(,)?) => {
        columns! { $($word: String => |v| v.parse().map_err(StoreError::damaged)?),+ }
        values! { $($word: |v| Value::Text(v.as_str().to_owned())),+ }
    };
}
words!(StatusName, SupportLevel, Kind, Channel, WaitingFor, ClockName, ClockState);

columns! {
    TextRef: [u8; 32] => |v| TextRef(v),
    BlobHash: [u8; 32] => |v| BlobHash(v),
    // Kept as its rank, so that an index orders it.
    Priority: u64 => |v| *usize::try_from(v).ok().and_then(|rank| Priority::ALL.get(rank))
        .ok_or_else(|| StoreError::damaged("a priority of no rank"))?,
}
values! {
    TextRef: |v| Value::Bytes(v.0.to_vec()),
    BlobHash: |v| Value::Bytes(v.0.to_vec()),
    Priority: |v| Value::Int(v as i64),
}
