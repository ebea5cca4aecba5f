package org.pgofs.daemon.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts a document of the project, in the Markdown that these use, into a manual page. Not thread-safe. */
final class MarkdownPage {
    private static final Pattern MARKED =
            Pattern.compile("`([^`]+)`|\\*\\*(.+?)\\*\\*|\\*\"(.+?)\"\\*|\\[([^\\]]*)\\]\\([^)]*\\)");
    private static final Pattern ITEM = Pattern.compile("(\\d+\\.|-) +(.*)");
    private static final String FENCE = "```";

    private final Roff page;
    private final List<String> lines;
    private int at;

    private MarkdownPage(Roff page, List<String> lines) {
        this.page = page;
        this.lines = lines;
    }

    /** Adds lines of a document. */
    static void add(Roff page, List<String> lines) {
        new MarkdownPage(page, lines).add();
    }

    /** The lines below a heading, to the next one of its depth. */
    static List<String> below(String heading, List<String> lines) {
        int from = lines.indexOf(heading) + 1;
        if (from == 0) {
            throw new IllegalArgumentException("there is no heading " + heading);
        }
        String depth = heading.substring(0, heading.indexOf(' ') + 1);
        int to = from;
        while (to < lines.size() && !lines.get(to).startsWith(depth)) {
            to++;
        }
        return lines.subList(from, to);
    }

    private void add() {
        while (at < lines.size()) {
            String line = lines.get(at).strip();
            Matcher item = ITEM.matcher(line);
            if (line.isEmpty() || line.startsWith("# ")) {
                at++;
            } else if (line.startsWith("## ")) {
                page.section(line.substring(3));
                at++;
            } else if (line.startsWith("### ")) {
                page.subsection(line.substring(4));
                at++;
            } else if (line.startsWith(FENCE)) {
                addCode();
            } else if (line.startsWith("|")) {
                addTable();
            } else if (item.matches()) {
                at++;
                page.item(item.group(1).equals("-") ? "\\(bu" : item.group(1), inline(joined(item.group(2))));
            } else {
                at++;
                page.paragraph(inline(joined(line)));
            }
        }
    }

    /** With the lines that go on with it. */
    private String joined(String first) {
        StringBuilder text = new StringBuilder(first);
        while (at < lines.size()) {
            String line = lines.get(at).strip();
            if (line.isEmpty()
                    || line.startsWith("#")
                    || line.startsWith("|")
                    || line.startsWith(FENCE)
                    || ITEM.matcher(line).matches()) {
                break;
            }
            text.append(' ').append(line);
            at++;
        }
        return text.toString();
    }

    private void addCode() {
        int indent = lines.get(at).indexOf(FENCE);
        List<String> code = new ArrayList<>();
        for (at++; !lines.get(at).strip().startsWith(FENCE); at++) {
            String line = lines.get(at);
            code.add(line.substring(Math.min(indent, line.length())));
        }
        at++;
        page.verbatim(code);
    }

    /** Each row is a term and what is said of it. A heading row with words only says what the columns are. */
    private void addTable() {
        for (int row = 0; at < lines.size() && lines.get(at).strip().startsWith("|"); at++, row++) {
            if (row > 1) {
                List<String> cells = cells(lines.get(at).strip());
                page.term(
                        inline(cells.get(0)),
                        String.join(
                                ", ",
                                cells.subList(1, cells.size()).stream()
                                        .filter(cell -> !cell.isEmpty())
                                        .map(MarkdownPage::inline)
                                        .toList()));
            }
        }
    }

    private static List<String> cells(String row) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean isCode = false;
        for (char letter : row.substring(1).toCharArray()) {
            isCode ^= letter == '`';
            if (letter == '|' && !isCode) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(letter);
            }
        }
        return cells;
    }

    static String inline(String text) {
        Function<MatchResult, String> marked = match -> match.group(1) != null
                ? Roff.bold(match.group(1))
                : match.group(2) != null
                        ? Roff.bold(match.group(2))
                        : match.group(3) != null ? Roff.italic(match.group(3)) : plainOrCode(match.group(4));
        StringBuilder roff = new StringBuilder();
        Matcher matcher = MARKED.matcher(text);
        int end = 0;
        while (matcher.find()) {
            roff.append(Roff.escape(text.substring(end, matcher.start()))).append(marked.apply(matcher));
            end = matcher.end();
        }
        return roff.append(Roff.escape(text.substring(end))).toString();
    }

    private static String plainOrCode(String text) {
        return text.startsWith("`") ? Roff.bold(text.replace("`", "")) : Roff.escape(text);
    }
}
