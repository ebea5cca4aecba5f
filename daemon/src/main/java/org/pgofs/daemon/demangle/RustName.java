package org.pgofs.daemon.demangle;

import java.util.Map;

/** A name of Rust's RFC 2603, without the hashes of crates and the types of constants. */
final class RustName {
    private static final int LONGEST = 1 << 16;
    private static final int BASE = 62;
    private static final int LETTERS = 26;
    private static final int HEX = 16;
    private static final Map<Character, String> BASIC = Map.ofEntries(
            Map.entry('a', "i8"),
            Map.entry('b', "bool"),
            Map.entry('c', "char"),
            Map.entry('d', "f64"),
            Map.entry('e', "str"),
            Map.entry('f', "f32"),
            Map.entry('h', "u8"),
            Map.entry('i', "isize"),
            Map.entry('j', "usize"),
            Map.entry('l', "i32"),
            Map.entry('m', "u32"),
            Map.entry('n', "i128"),
            Map.entry('o', "u128"),
            Map.entry('p', "_"),
            Map.entry('s', "i16"),
            Map.entry('t', "u16"),
            Map.entry('u', "()"),
            Map.entry('v', "..."),
            Map.entry('x', "i64"),
            Map.entry('y', "u64"),
            Map.entry('z', "!"));

    private final Letters in;
    private final StringBuilder out = new StringBuilder();
    private int lifetimes;
    /** What is read is not written. */
    private int silent;

    private RustName(String name) {
        in = new Letters(name);
    }

    /** Of what is behind {@code _R}. */
    static String readable(String name) throws NotUnderstoodException {
        RustName rust = new RustName(name);
        if (rust.in.isDigit()) {
            throw new NotUnderstoodException("another version");
        }
        rust.path(true);
        if (!rust.in.atEnd()) { // the crate that has made the instance
            rust.silent++;
            rust.path(false);
        }
        if (!rust.in.atEnd()) {
            throw new NotUnderstoodException("something behind it");
        }
        return rust.out.toString();
    }

    private void write(String text) throws NotUnderstoodException {
        if (silent == 0) {
            out.append(text);
        }
        if (out.length() > LONGEST) {
            throw new NotUnderstoodException("too long");
        }
    }

    private interface Part {
        void read() throws NotUnderstoodException;
    }

    /** Reads what is somewhere before. */
    private void back(Part part) throws NotUnderstoodException {
        int start = in.position() - 1;
        long target = number();
        if (target < 0 || target >= start) {
            throw new NotUnderstoodException("a reference that goes forward");
        }
        int here = in.position();
        in.seek((int) target);
        if (silent == 0) {
            part.read();
        }
        in.seek(here);
    }

    /** Base 62, 0 for {@code _}; modulo 2^64, as those of crates may be larger. */
    private long number() throws NotUnderstoodException {
        if (in.accept("_")) {
            return 0;
        }
        long number = 0;
        while (!in.accept("_")) {
            number = number * BASE + digit(in.next());
        }
        return number + 1;
    }

    private static int digit(char c) throws NotUnderstoodException {
        if (c >= '0' && c <= '9') {
            return c - '0';
        } else if (c >= 'a' && c <= 'z') {
            return c - 'a' + 10;
        } else if (c >= 'A' && c <= 'Z') {
            return c - 'A' + 10 + LETTERS;
        }
        throw new NotUnderstoodException("no digit");
    }

    private long optional(String tag) throws NotUnderstoodException {
        return in.accept(tag) ? number() + 1 : 0;
    }

    private String identifier() throws NotUnderstoodException {
        boolean punycode = in.accept("u");
        int length = in.decimal();
        in.accept("_");
        String name = in.take(length);
        return punycode ? Punycode.decode(name) : name;
    }

    private void path(boolean isValue) throws NotUnderstoodException {
        in.enter();
        switch (in.next()) {
            case 'C' -> {
                optional("s");
                write(identifier());
            }
            case 'M' -> {
                impl();
                write("<");
                type();
                write(">");
            }
            case 'X' -> {
                impl();
                trait();
            }
            case 'Y' -> trait();
            case 'N' -> nested(isValue);
            case 'I' -> {
                path(isValue);
                write(isValue ? "::<" : "<");
                list(", ", this::argument);
                write(">");
            }
            case 'B' -> back(() -> path(isValue));
            default -> throw new NotUnderstoodException("no path");
        }
        in.leave();
    }

    private void trait() throws NotUnderstoodException {
        write("<");
        type();
        write(" as ");
        path(false);
        write(">");
    }

    private void impl() throws NotUnderstoodException {
        silent++;
        optional("s");
        path(false);
        silent--;
    }

    private void nested(boolean isValue) throws NotUnderstoodException {
        char space = in.next();
        path(isValue);
        long disambiguator = optional("s");
        String name = identifier();
        if (space >= 'A' && space <= 'Z') {
            write("::{" + (space == 'C' ? "closure" : space == 'S' ? "shim" : Character.toString(space)));
            write((name.isEmpty() ? "" : ":" + name) + "#" + disambiguator + "}");
        } else if (!name.isEmpty()) {
            write("::" + name);
        }
    }

    /** Up to an E. */
    private int list(String separator, Part part) throws NotUnderstoodException {
        int count = 0;
        while (!in.accept("E")) {
            write(count == 0 ? "" : separator);
            part.read();
            count++;
        }
        return count;
    }

    private void argument() throws NotUnderstoodException {
        if (in.accept("L")) {
            lifetime(number());
        } else if (in.accept("K")) {
            constant();
        } else {
            type();
        }
    }

    private void lifetime(long index) throws NotUnderstoodException {
        if (index == 0) {
            write("'_");
        } else if (index < 0 || index > lifetimes) {
            throw new NotUnderstoodException("a lifetime that is not bound");
        } else {
            long depth = lifetimes - index;
            write(depth < LETTERS ? "'" + (char) ('a' + depth) : "'_" + depth);
        }
    }

    private void type() throws NotUnderstoodException {
        in.enter();
        char tag = in.next();
        switch (tag) {
            case 'A' -> {
                write("[");
                type();
                write("; ");
                constant();
                write("]");
            }
            case 'S' -> {
                write("[");
                type();
                write("]");
            }
            case 'T' -> {
                write("(");
                int count = list(", ", this::type);
                write(count == 1 ? ",)" : ")");
            }
            case 'R', 'Q' -> {
                write("&");
                if (in.accept("L")) {
                    long index = number();
                    if (index != 0) {
                        lifetime(index);
                        write(" ");
                    }
                }
                write(tag == 'Q' ? "mut " : "");
                type();
            }
            case 'P' -> {
                write("*const ");
                type();
            }
            case 'O' -> {
                write("*mut ");
                type();
            }
            case 'F' -> bound(this::function);
            case 'D' -> {
                write("dyn ");
                bound(() -> list(" + ", this::dynTrait));
                in.require("L");
                long index = number();
                if (index != 0) {
                    write(" + ");
                    lifetime(index);
                }
            }
            case 'B' -> back(this::type);
            default -> {
                String basic = BASIC.get(tag);
                if (basic == null) {
                    in.seek(in.position() - 1);
                    path(false);
                } else {
                    write(basic);
                }
            }
        }
        in.leave();
    }

    private void bound(Part part) throws NotUnderstoodException {
        long count = optional("G");
        if (count < 0 || count > LETTERS) {
            throw new NotUnderstoodException("many lifetimes");
        }
        if (count > 0) {
            write("for<");
            for (int i = 0; i < count; i++) {
                lifetimes++;
                write(i == 0 ? "" : ", ");
                lifetime(1);
            }
            write("> ");
        }
        part.read();
        lifetimes -= (int) count;
    }

    private void function() throws NotUnderstoodException {
        write(in.accept("U") ? "unsafe " : "");
        if (in.accept("K")) {
            write("extern \"" + (in.accept("C") ? "C" : identifier().replace('_', '-')) + "\" ");
        }
        write("fn(");
        list(", ", this::type);
        write(")");
        if (!in.accept("u")) {
            write(" -> ");
            type();
        }
    }

    private void dynTrait() throws NotUnderstoodException {
        boolean open = openPath();
        while (in.accept("p")) {
            write(open ? ", " : "<");
            open = true;
            write(identifier() + " = ");
            type();
        }
        write(open ? ">" : "");
    }

    /** The path of a trait; if it has arguments, without the end of their list. */
    private boolean openPath() throws NotUnderstoodException {
        if (in.accept("B")) {
            boolean[] open = {false};
            back(() -> open[0] = openPath());
            return open[0];
        }
        if (in.accept("I")) {
            path(false);
            write("<");
            list(", ", this::argument);
            return true;
        }
        path(false);
        return false;
    }

    private void constant() throws NotUnderstoodException {
        in.enter();
        char tag = in.next();
        switch (tag) {
            case 'B' -> back(this::constant);
            case 'p' -> write("_");
            case 'a', 's', 'l', 'x', 'n', 'i' -> {
                write(in.accept("n") ? "-" : "");
                write(unsigned());
            }
            case 'h', 't', 'm', 'y', 'o', 'j' -> write(unsigned());
            case 'b' -> write(in.until('_').equals("1") ? "true" : "false");
            case 'c' -> write("'" + character(in.until('_')) + "'");
            default -> throw new NotUnderstoodException("a constant of another type");
        }
        in.leave();
    }

    private String unsigned() throws NotUnderstoodException {
        String digits = in.until('_');
        if (digits.length() > HEX) {
            return "0x" + digits;
        }
        try {
            return digits.isEmpty() ? "0" : Long.toUnsignedString(Long.parseUnsignedLong(digits, HEX));
        } catch (NumberFormatException e) {
            throw new NotUnderstoodException("no number");
        }
    }

    private static String character(String digits) throws NotUnderstoodException {
        try {
            int code = Integer.parseInt(digits, HEX);
            return Character.isISOControl(code) ? "\\u{" + digits + "}" : Character.toString(code);
        } catch (IllegalArgumentException e) {
            throw new NotUnderstoodException("no character");
        }
    }
}
