package org.pgofs.daemon.top;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What is on the terminal, and what keys do. */
final class Screen {
    private static final List<String> HELP = List.of(
            "q       end",
            "h       this page",
            "/       show only functions and images that contain a text",
            "s       order by counts a second, or by counts since the last reset",
            "z       set the counts to zero, for everybody",
            "f       freeze the view, or go on",
            "up down choose a function",
            "Enter   one function: its counters, the targets of its calls, the sizes of its memory operations, and its source",
            "",
            "COUNT is what all counters of a function have counted since the last reset, COUNTS/s what they do now.",
            "Counts are entries of functions and of blocks in them, not time.",
            "CUMUL is the share of a row and of all rows above it.");

    private static final int BACKSPACE = 8;
    private static final int DELETE = 127;
    private static final String INVERSE = "\33[7m";
    private static final String PLAIN = "\33[m";

    private final boolean styled = System.getenv("NO_COLOR") == null;
    private final Terminal terminal;
    private final MountReader reader;
    private final Watch watch;
    private final long delayMillis;
    private int viewsLeft;
    private View.Order order = View.Order.RATE;
    private String filter = "";
    private boolean typing;
    private boolean asking;
    private boolean frozen;
    private boolean help;
    private int selected;
    private View view;
    private FunctionCounts detail;
    private List<String> detailLines = List.of();
    private List<String> source = List.of();
    private String message = "";

    Screen(Terminal terminal, MountReader reader, long delayMillis, int views) {
        this.terminal = terminal;
        this.reader = reader;
        this.delayMillis = delayMillis;
        watch = new Watch(reader);
        viewsLeft = views;
    }

    /** Until it is told to end. */
    void run() throws IOException, InterruptedException {
        watch.look();
        show();
        long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        while (true) {
            long wait = TimeUnit.NANOSECONDS.toMillis(next - System.nanoTime());
            int key = terminal.key(Math.max(0, wait + 1));
            if (key != Terminal.NONE) {
                if (!act(key)) {
                    return;
                }
            } else if (next - System.nanoTime() <= 0) {
                next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
                if (!frozen) {
                    look();
                    viewsLeft--;
                }
            }
            show();
            if (viewsLeft <= 0) {
                return;
            }
        }
    }

    private void look() throws IOException {
        watch.look();
        view = watch.view(order);
        if (detail != null) {
            detailLines = FunctionDetail.lines(detail, view, reader, source);
        }
    }

    /** Whether it goes on. */
    private boolean act(int key) throws IOException {
        if (typing) {
            type(key);
        } else if (asking) {
            asking = false;
            message = key == 'y' ? reset() : "";
        } else if (help || detail != null) {
            help = false;
            detail = null;
        } else {
            message = "";
            switch (key) {
                case 'q' -> {
                    return false;
                }
                case 'h', '?' -> help = true;
                case '/' -> typing = true;
                case 's' -> order(order.next());
                case 'z' -> asking = true;
                case 'f' -> frozen = !frozen;
                case Terminal.UP, 'k' -> selected--;
                case Terminal.DOWN, 'j' -> selected++;
                case '\r', '\n' -> open();
                default -> {}
            }
        }
        return true;
    }

    private void order(View.Order other) {
        order = other;
        if (watch.hasView()) {
            view = watch.view(order);
        }
    }

    private void type(int key) {
        if (key == '\r' || key == '\n') {
            typing = false;
        } else if (key == Terminal.ESCAPE) {
            typing = false;
            filter = "";
        } else if (key == BACKSPACE || key == DELETE) {
            filter = filter.isEmpty() ? "" : filter.substring(0, filter.length() - 1);
        } else if (key > ' ' && key < DELETE) {
            filter += (char) key;
        }
        selected = 0;
    }

    private String reset() {
        try {
            reader.reset();
            return "the counts were set to zero";
        } catch (IOException e) {
            return "cannot reset: " + e.getMessage();
        }
    }

    private void open() throws IOException {
        List<View.Row> rows = rows();
        if (!rows.isEmpty()) {
            detail = rows.get(Math.min(selected, rows.size() - 1)).function();
            source = reader.source(detail);
            detailLines = FunctionDetail.lines(detail, view, reader, source);
        }
    }

    private List<View.Row> rows() {
        String wanted = filter.toLowerCase(Locale.ROOT);
        return view == null
                ? List.of()
                : view.rows().stream()
                        .filter(row -> (row.function().image() + " "
                                        + row.function().name())
                                .toLowerCase(Locale.ROOT)
                                .contains(wanted))
                        .toList();
    }

    private void show() throws IOException {
        Terminal.Size size = terminal.size();
        List<String> lines = help ? new ArrayList<>(HELP) : detail != null ? new ArrayList<>(detailLines) : table(size);
        StringBuilder frame = new StringBuilder("\33[H");
        for (int i = 0; i < size.rows(); i++) {
            frame.append(i == 0 ? "" : "\r\n");
            frame.append(i < lines.size() ? cut(lines.get(i), size.columns()) : "")
                    .append("\33[K");
        }
        terminal.write(frame.toString());
    }

    /** With a style around a whole line at most. */
    private static String cut(String line, int columns) {
        boolean inverse = line.startsWith(INVERSE);
        String text = inverse ? line.substring(INVERSE.length()) : line;
        int shown =
                text.codePointCount(0, text.length()) <= columns ? text.length() : text.offsetByCodePoints(0, columns);
        return inverse ? INVERSE + text.substring(0, shown) + PLAIN : text.substring(0, shown);
    }

    private List<String> table(Terminal.Size size) {
        List<String> lines = new ArrayList<>();
        if (view == null) {
            lines.add("pgofs top: the first view comes when the counts were read twice");
            return lines;
        }
        lines.addAll(TopText.header(view));
        lines.add(state());
        lines.add(styled(" " + TopText.HEADING));
        List<View.Row> rows = rows();
        selected = Math.max(0, Math.min(selected, rows.size() - 1));
        int room = Math.max(1, size.rows() - lines.size());
        int first = Math.max(0, selected - room + 1);
        for (int i = first; i < Math.min(rows.size(), first + room); i++) {
            String text = TopText.row(rows.get(i));
            lines.add(i == selected ? styled(">" + text) : " " + text);
        }
        return lines;
    }

    private String styled(String line) {
        return styled ? INVERSE + line : line;
    }

    private String state() {
        if (asking) {
            return "set the counts to zero, for everybody? y or n";
        }
        if (typing) {
            return "show only: " + filter + "_";
        }
        List<String> parts = new ArrayList<>();
        if (!message.isEmpty()) {
            parts.add(message);
        }
        if (frozen) {
            parts.add("frozen: f goes on");
        }
        if (!filter.isEmpty()) {
            parts.add("only what contains " + filter);
        }
        parts.add("by " + (order == View.Order.RATE ? "counts a second" : "counts"));
        return String.join("; ", parts);
    }
}
