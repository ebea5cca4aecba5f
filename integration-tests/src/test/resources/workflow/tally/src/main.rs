//! Counts words, each text in a thread, of which one panics.
use std::collections::BTreeMap;
use std::{panic, thread};
use tally::{count, Length, Same, Weight};

#[inline(never)]
fn counted(number: usize, text: &str, weight: &dyn Weight) -> usize {
    let mut words = BTreeMap::new();
    for word in text.split(' ') {
        count(&mut words, word, weight);
    }
    if number == 7 {
        refuse();
    }
    words.values().sum()
}

#[inline(never)]
fn refuse() -> ! {
    panic!("the eighth text")
}

fn main() {
    panic::set_hook(Box::new(|_| {}));
    let texts = ["to be or not to be", "that is the question"];
    let mut panics = 0;
    // One thread after another: counters are not atomic.
    for (number, text) in texts.into_iter().cycle().take(10).enumerate() {
        let weight: &dyn Weight = if number % 2 == 0 { &Length } else { &Same(1) };
        panics += thread::spawn(move || counted(number, text, weight)).join().is_err() as u32;
    }
    println!("{panics} panic");
}
