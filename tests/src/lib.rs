//! End-to-end tests: the real binary, a real browser, both databases.
