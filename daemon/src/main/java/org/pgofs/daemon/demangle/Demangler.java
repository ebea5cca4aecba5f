package org.pgofs.daemon.demangle;

/**
 * Makes readable what C++ and Rust compilers make of names: by the Itanium C++ ABI, chapter 5.1, by Rust's RFC 2603 (v0),
 * and by Rust's older way. What is none of them, or is not understood, stays as it is.
 */
public final class Demangler {
    private static final String ITANIUM = "_Z";
    private static final String RUST = "_R";

    private Demangler() {}

    /**
     * A name for people.
     *
     * @param mangled as the linker knows it
     * @return the name in its language
     */
    public static String readable(String mangled) {
        // What compilers add to copies of a function is no part of its name.
        int suffix = mangled.indexOf('.', LegacyRustName.length(mangled));
        String own = suffix < 0 ? mangled : mangled.substring(0, suffix);
        String rest = suffix < 0 ? "" : mangled.substring(suffix);
        try {
            String readable = demangle(own);
            return readable == null ? mangled : readable + (rest.isEmpty() ? "" : " " + rest);
        } catch (NotUnderstoodException e) {
            return mangled;
        }
    }

    private static String demangle(String mangled) throws NotUnderstoodException {
        if (mangled.startsWith(RUST)) {
            return RustName.readable(mangled.substring(RUST.length()));
        }
        if (LegacyRustName.length(mangled) > 0) {
            return LegacyRustName.readable(mangled);
        }
        return mangled.startsWith(ITANIUM) ? CxxName.readable(mangled.substring(ITANIUM.length())) : null;
    }
}
