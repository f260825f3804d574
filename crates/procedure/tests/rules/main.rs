//! The rules seen from outside: cases told as stories, and what holds for every story that could be told.

mod administering;
mod assigning;
mod attending;
mod clocks;
mod closing;
mod evidence;
mod forbidden;
mod office;
mod promising;
mod provider;
mod registering;
mod security;
mod seeing;
mod stored;
mod story;
mod table;
mod talking;
