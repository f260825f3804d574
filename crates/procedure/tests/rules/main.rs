//! The rules seen from outside: cases told as stories, and what holds for every story that could be told.

mod administering;
mod assigning;
mod attending;
mod calendars;
mod clocks;
mod closing;
mod evidence;
mod forbidden;
mod holidays;
mod laws;
mod moves;
mod office;
mod outcomes;
mod promises;
mod promising;
mod provider;
mod registering;
mod security;
mod seeing;
mod stored;
mod story;
mod table;
mod talking;
mod words;
