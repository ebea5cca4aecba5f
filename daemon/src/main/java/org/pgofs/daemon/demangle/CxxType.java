package org.pgofs.daemon.demangle;

/**
 * A type of C++, whose name goes around what is declared with it.
 *
 * @param left what stands before that
 * @param right what stands behind it
 */
record CxxType(String left, String right, boolean isFunction, boolean isArray) {
    static CxxType of(String name) {
        return new CxxType(name, "", false, false);
    }

    String text() {
        return left + right;
    }

    /** The same, qualified: words with a space before each. */
    CxxType qualified(String words) {
        return new CxxType(left + words, right, false, isArray);
    }

    /** A pointer or reference to it. References to references become one. */
    CxxType pointed(String symbol) {
        if (symbol.startsWith("&") && left.endsWith("&")) {
            boolean isRvalue = left.endsWith("&&");
            String bare = left.substring(0, left.length() - (isRvalue ? 2 : 1));
            return new CxxType(bare + (isRvalue && symbol.equals("&&") ? "&&" : "&"), right, false, false);
        }
        if (isFunction || isArray) {
            return new CxxType(left + (isArray ? " (" : "(") + symbol, ")" + right, false, false);
        }
        return new CxxType(left + symbol, right, false, false);
    }

    /** An array of it. */
    CxxType array(String size) {
        return new CxxType(left, (isArray ? "" : " ") + "[" + size + "]" + right.stripLeading(), false, true);
    }

    /** A function that returns it, with its parameters and what follows them. */
    CxxType returnedBy(String parameters) {
        return new CxxType(left + " ", parameters + right, true, false);
    }

    /** A pointer to a member of a class that has this type. */
    CxxType memberOf(CxxType owner) {
        return isFunction
                ? new CxxType(left + "(" + owner.text() + "::*", ")" + right, false, false)
                : new CxxType(left + " " + owner.text() + "::*", right, false, false);
    }
}
