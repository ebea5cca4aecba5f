package org.pgofs.daemon.pages;

import java.util.Locale;

/** The source of a manual page, as man(7) describes it. */
final class Roff {
    private final StringBuilder text = new StringBuilder();

    /** A page without anything but its head. */
    Roff(String name, int section, String date, String source) {
        text.append(".\\\" Made by the build of pgofs.\n");
        macro("TH", name.toUpperCase(Locale.ROOT) + " " + section + " \"" + date + "\" \"" + source + "\"");
        macro("nh", "").macro("ad", "l");
    }

    /** What stands for itself. */
    static String escape(String plain) {
        String escaped = plain.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("`", "\\(ga")
                .replace("^", "\\(ha");
        return escaped.replace("~", "\\(ti").replace("'", "\\(aq");
    }

    static String bold(String plain) {
        return "\\fB" + escape(plain) + "\\fR";
    }

    static String italic(String plain) {
        return "\\fI" + escape(plain) + "\\fR";
    }

    private Roff macro(String name, String words) {
        text.append('.')
                .append(name)
                .append(words.isEmpty() ? "" : " ")
                .append(words)
                .append('\n');
        return this;
    }

    Roff section(String title) {
        return macro("SH", "\"" + escape(title.toUpperCase(Locale.ROOT)) + "\"");
    }

    Roff subsection(String title) {
        return macro("SS", "\"" + escape(title) + "\"");
    }

    /** Escaped text. */
    Roff paragraph(String escaped) {
        return macro("PP", "").line(escaped);
    }

    /** A line that is filled with the next ones. */
    private Roff line(String escaped) {
        boolean isControl = escaped.startsWith(".") || escaped.startsWith("'");
        text.append(isControl ? "\\&" : "").append(escaped).append('\n');
        return this;
    }

    /** Escaped text with a term before it. */
    Roff term(String escapedTerm, String escaped) {
        return macro("TP", "").line(escapedTerm).line(escaped.isEmpty() ? "\\&" : escaped);
    }

    Roff item(String mark, String escaped) {
        return macro("IP", mark + " 4").line(escaped);
    }

    /** Lines as they are, indented. */
    Roff verbatim(Iterable<String> plain) {
        macro("PP", "").macro("RS", "4").macro("nf", "");
        for (String line : plain) {
            line(escape(line));
        }
        return macro("fi", "").macro("RE", "");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
