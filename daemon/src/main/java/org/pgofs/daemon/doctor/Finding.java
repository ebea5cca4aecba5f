package org.pgofs.daemon.doctor;

/**
 * What one check found.
 *
 * @param outcome whether it is as it should be
 * @param text what was found and, unless all is right, what to do; one line
 */
record Finding(Outcome outcome, String text) {
    /** Whether something is as it should be. */
    enum Outcome {
        OK("ok"),
        NO("NO"),
        UNKNOWN("-");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }
    }

    static Finding ok(String text) {
        return new Finding(Outcome.OK, text);
    }

    static Finding no(String text) {
        return new Finding(Outcome.NO, text);
    }

    static Finding unknown(String text) {
        return new Finding(Outcome.UNKNOWN, text);
    }

    /** The line for people. */
    String line() {
        return String.format("%-2s %s", outcome.word, text);
    }
}
