package org.pgofs.daemon.status;

import java.util.List;

/** Words that are one word to programs, and several to people. Immutable. */
final class Words {
    private final List<String> words;

    Words(List<String> words) {
        this.words = List.copyOf(words);
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    /** For people. */
    String text() {
        return String.join(", ", words);
    }

    /** For programs. */
    @Override
    public String toString() {
        return String.join("-", words);
    }
}
