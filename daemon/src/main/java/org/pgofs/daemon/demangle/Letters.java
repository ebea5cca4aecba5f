package org.pgofs.daemon.demangle;

/** The letters of a mangled name, one after another. What is made of them is bounded, and so is how deep they nest. */
final class Letters {
    private static final int DEEPEST = 200;
    private static final int END = 0;

    private final String text;
    private int position;
    private int depth;

    Letters(String text) {
        this.text = text;
    }

    int position() {
        return position;
    }

    void seek(int other) {
        position = other;
    }

    boolean atEnd() {
        return position >= text.length();
    }

    /** The next one, 0 at the end. */
    char peek() {
        return peek(0);
    }

    char peek(int ahead) {
        return position + ahead < text.length() ? text.charAt(position + ahead) : END;
    }

    char next() throws NotUnderstoodException {
        if (atEnd()) {
            throw new NotUnderstoodException("it ends too early");
        }
        return text.charAt(position++);
    }

    /** Whether some letters come next, which are then passed. */
    boolean accept(String letters) {
        boolean comes = text.startsWith(letters, position);
        position += comes ? letters.length() : 0;
        return comes;
    }

    void require(String letters) throws NotUnderstoodException {
        if (!accept(letters)) {
            throw new NotUnderstoodException("no " + letters);
        }
    }

    boolean isDigit() {
        return peek() >= '0' && peek() <= '9';
    }

    /** A 0 is a number of its own, whatever follows. */
    int decimal() throws NotUnderstoodException {
        int begin = position;
        if (!accept("0")) {
            while (isDigit()) {
                position++;
            }
        }
        try {
            return Integer.parseInt(text.substring(begin, position));
        } catch (NumberFormatException e) {
            throw new NotUnderstoodException("no number");
        }
    }

    String take(int length) throws NotUnderstoodException {
        if (length > text.length() - position) {
            throw new NotUnderstoodException("it ends too early");
        }
        position += length;
        return text.substring(position - length, position);
    }

    /** All up to a letter, which is passed. */
    String until(char end) throws NotUnderstoodException {
        int at = text.indexOf(end, position);
        if (at < 0) {
            throw new NotUnderstoodException("no " + end);
        }
        String before = text.substring(position, at);
        position = at + 1;
        return before;
    }

    void enter() throws NotUnderstoodException {
        if (++depth > DEEPEST) {
            throw new NotUnderstoodException("too deep");
        }
    }

    void leave() {
        depth--;
    }
}
