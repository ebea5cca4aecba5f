//! What the program counts with; a crate of its own.
use std::collections::BTreeMap;
use std::hint::black_box;

pub fn count(words: &mut BTreeMap<String, usize>, word: &str) {
    *words.entry(word.to_lowercase()).or_default() += seen(word);
}

#[inline(never)]
pub fn seen(word: &str) -> usize {
    black_box(word.len())
}
