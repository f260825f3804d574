//! Which element may stand in which: what is open, what ends because something begins, and cells for what somebody put
//! into a table beside its cells. Browsers move such content before the table, one by one.

use super::markup::{Bit, is_block, is_void};

/// Elements inside elements; what is deeper keeps its text.
const DEEPEST: usize = 100;

struct Opened {
    tag: &'static str,
    hides: bool,
}

pub(super) struct Nesting {
    bits: Vec<Bit>,
    open: Vec<Opened>,
    /// Elements that their style hides are left out.
    hides: bool,
    /// Open elements that are not to be seen.
    hidden: usize,
}

impl Nesting {
    pub(super) fn new(hides: bool) -> Nesting {
        Nesting { bits: Vec::new(), open: Vec::new(), hides, hidden: 0 }
    }

    pub(super) fn is_hiding(&self) -> bool {
        self.hidden > 0
    }

    /// The bits, with everything closed.
    pub(super) fn closed(mut self) -> Vec<Bit> {
        while !self.open.is_empty() {
            self.pop();
        }
        self.bits
    }

    /// How many bits there are.
    pub(super) fn len(&self) -> usize {
        self.bits.len()
    }

    pub(super) fn picture(&mut self, picture: Bit) {
        self.emit(picture);
    }

    pub(super) fn text(&mut self, text: String) {
        if self.is_between_cells() {
            if text.trim().is_empty() {
                return;
            }
            self.enter_cell();
        }
        self.emit(Bit::Text(text));
    }

    pub(super) fn open(&mut self, tag: &'static str, attributes: Vec<(String, String)>) {
        while self.open.last().is_some_and(|top| implies_end(tag, top.tag)) {
            self.pop();
        }
        if !self.makes_room(tag) {
            return;
        }
        let style: String = Bit::attribute(&attributes, "style").split_whitespace().collect();
        let hides = self.hides && style.to_ascii_lowercase().contains("display:none");
        if is_void(tag) {
            if !hides {
                self.emit(Bit::Open { tag, attributes });
            }
        } else if self.has_room(tag) {
            self.push(tag, attributes, hides);
        } else if is_block(tag) {
            self.emit(Bit::Open { tag: "br", attributes: Vec::new() });
        }
    }

    pub(super) fn close(&mut self, tag: &'static str) {
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.tag == tag {
                while self.open.len() > at {
                    self.pop();
                }
                return;
            }
            // What was opened outside a cell is not closed inside it, nor a cell inside another table.
            if open.tag == "table" || is_of_tables(open.tag) && !is_of_tables(tag) {
                return;
            }
        }
    }

    /// A table that is open gets its rows and cells at any depth: between them nothing else may stand.
    fn has_room(&self, tag: &str) -> bool {
        match tag {
            "table" => self.open.len() + 4 < DEEPEST,
            _ => is_of_tables(tag) || self.open.len() < DEEPEST,
        }
    }

    /// Whether the element may stand here, after what must end before it has ended, and what it must stand in is there.
    fn makes_room(&mut self, tag: &'static str) -> bool {
        match tag {
            "td" | "th" => {
                if !self.pop_to(&["tr", "tbody", "thead", "tfoot", "table"]) {
                    return false;
                }
                if self.top() != "tr" {
                    self.push("tr", Vec::new(), false);
                }
                true
            }
            "tr" => self.pop_to(&["tbody", "thead", "tfoot", "table"]),
            "tbody" | "thead" | "tfoot" | "caption" | "colgroup" => self.pop_to(&["table"]),
            "col" => self.top() == "colgroup",
            _ => {
                if self.is_between_cells() {
                    self.enter_cell();
                }
                true
            }
        }
    }

    /// Ends what is open inside the nearest of these, unless another table stands between.
    fn pop_to(&mut self, tags: &[&str]) -> bool {
        let reachable = self.open.iter().rposition(|open| tags.contains(&open.tag) || open.tag == "table");
        let Some(at) = reachable.filter(|at| tags.contains(&self.open[*at].tag)) else { return false };
        while self.open.len() > at + 1 {
            self.pop();
        }
        true
    }

    fn top(&self) -> &'static str {
        self.open.last().map_or("", |open| open.tag)
    }

    fn is_between_cells(&self) -> bool {
        matches!(self.top(), "table" | "thead" | "tbody" | "tfoot" | "tr" | "colgroup")
    }

    fn enter_cell(&mut self) {
        if self.top() == "colgroup" {
            self.pop();
        }
        if self.top() != "tr" {
            self.push("tr", Vec::new(), false);
        }
        self.push("td", Vec::new(), false);
    }

    fn push(&mut self, tag: &'static str, attributes: Vec<(String, String)>, hides: bool) {
        self.hidden += usize::from(hides);
        self.emit(Bit::Open { tag, attributes });
        self.open.push(Opened { tag, hides });
    }

    fn pop(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.emit(Bit::Close(open.tag));
        self.hidden -= usize::from(open.hides);
    }

    fn emit(&mut self, bit: Bit) {
        if self.hidden == 0 {
            self.bits.push(bit);
        }
    }
}

fn is_of_tables(tag: &str) -> bool {
    matches!(tag, "table" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th" | "caption" | "colgroup")
}

/// Whether an element ends because this one begins, its end tag being left out by right or by habit.
fn implies_end(opens: &str, top: &str) -> bool {
    match top {
        "p" => is_block(opens),
        "li" => opens == "li",
        "dt" | "dd" => matches!(opens, "dt" | "dd"),
        "a" => opens == "a",
        _ => false,
    }
}
