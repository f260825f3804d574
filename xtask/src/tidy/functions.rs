//! Functions too long to be read at once.

use super::Fault;
use super::rust::{Rust, item_end, line_of};

/// Lines of a function, its signature included.
const LONGEST: usize = 80;

/// The functions of a file that are too long.
pub(super) fn too_long(path: &str, rust: &Rust) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, _) in rust.code.match_indices("fn ") {
        if rust.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let name: String =
            rust.code[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let (end, has_body) = item_end(&rust.code, at);
        let (first, last) = (line_of(&rust.code, at), line_of(&rust.code, end));
        let lines = last - first + 1;
        if has_body && lines > LONGEST && !name.is_empty() {
            let what = format!("`{name}` has {lines} lines; {LONGEST} is the most");
            faults.push(Fault::new("function-size", path, first, what));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function_of(lines: usize) -> String {
        format!(
            "impl A {{\n    fn long(&self) {{\n{}    }}\n}}\n",
            "        let x = [0; 3];\n".repeat(lines - 2)
        )
    }

    #[test]
    fn a_long_function_is_seen_and_named() {
        assert_eq!(too_long("a.rs", &Rust::read(&function_of(LONGEST))), []);
        let faults = too_long("a.rs", &Rust::read(&function_of(LONGEST + 1)));
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].line, faults[0].what.starts_with("`long` has 81 lines")), (2, true));
    }

    #[test]
    fn what_has_no_body_has_no_length() {
        let rust =
            Rust::read(&format!("trait A {{ fn short(a: [u8; 3]);\n{} fn b() {{}} }}", "\n".repeat(100)));
        assert_eq!(too_long("a.rs", &rust), []);
    }
}
