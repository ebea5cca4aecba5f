package org.pgofs.daemon.demangle;

import java.nio.charset.StandardCharsets;

/**
 * The name of a function as a profile has it, in its parts: a function that others cannot call has its file before it.
 *
 * @param file as it was given to the compiler; empty if the name has none
 * @param symbol as the linker knows it
 */
public record FunctionName(String file, String symbol) {
    private static final int LONGEST = 4096;

    /** Up to clang 16, and since. */
    private static final String SEPARATORS = ":;";

    /**
     * Takes a name apart.
     *
     * @param bytes of the name, a character for each
     * @return its parts, cut to what is still of use, and without what a terminal or a page could take for a command
     */
    public static FunctionName of(String bytes) {
        String name = printable(bytes);
        boolean isObjectiveC = name.startsWith("-[") || name.startsWith("+[");
        for (int i = name.length() - 1; i > 0 && !isObjectiveC; i--) {
            if (SEPARATORS.indexOf(name.charAt(i)) >= 0) {
                return new FunctionName(name.substring(0, i), name.substring(i + 1));
            }
        }
        return new FunctionName("", name);
    }

    private static String printable(String bytes) {
        String cut = bytes.length() > LONGEST ? bytes.substring(0, LONGEST) : bytes;
        return new String(cut.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                .replaceAll("[^\\p{Graph}\\p{L} ]", "?");
    }

    /**
     * The name in its language.
     *
     * @return without the file
     */
    public String readable() {
        return Demangler.readable(symbol);
    }

    /**
     * The name in its language, with the file that may be needed to tell it from others.
     *
     * @return behind the file and a colon, if it has one
     */
    public String qualified() {
        return file.isEmpty() ? readable() : file + ":" + readable();
    }
}
