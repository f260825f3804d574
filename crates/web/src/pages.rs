//! The pages: each a typed struct, its template and its handler.

pub(crate) mod case;
pub(crate) mod deliveries;
pub(crate) mod desk_case;
pub(crate) mod form;
pub(crate) mod home;
pub(crate) mod invitation;
pub(crate) mod letters;
pub(crate) mod link;
pub(crate) mod mail;
pub(crate) mod mailbox;
pub(crate) mod move_forms;
pub(crate) mod moves;
pub(crate) mod new;
pub(crate) mod office;
pub(crate) mod original;
pub(crate) mod people;
pub(crate) mod portal_case;
pub(crate) mod procedure;
pub(crate) mod providers;
pub(crate) mod queue;
pub(crate) mod reference;
pub(crate) mod reports;
pub(crate) mod security;
pub(crate) mod sign_in;
pub(crate) mod story;
