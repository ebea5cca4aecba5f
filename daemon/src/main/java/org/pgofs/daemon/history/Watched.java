package org.pgofs.daemon.history;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.json.JsonTree;

/** How profiles of a mount grow, as its daemon tells: it watches them as long as somebody asks. */
public final class Watched {
    /** Not listed, in {@code pgo/} and beside each profile: each look at it is a question. */
    public static final String FILE = ".history";

    private Watched() {}

    /**
     * Asks about all images.
     *
     * @param mount that is meant
     * @return how far they are together
     * @throws IOException if it cannot be read; the message is one line
     */
    public static Progress all(ServedMount mount) throws IOException {
        return progress(mount.read(FILE));
    }

    /**
     * Asks about some images.
     *
     * @param mount that is meant
     * @param images their names; those that are gone by now are left out
     * @return how far they are together: the least of each
     * @throws IOException if it cannot be read; the message is one line
     */
    public static Progress of(ServedMount mount, List<String> images) throws IOException {
        List<Progress> all = new ArrayList<>();
        for (String image : images) {
            try {
                all.add(progress(mount.read("images/" + image + "/" + FILE)));
            } catch (IOException e) {
                if (!(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            }
        }
        return Progress.together(all);
    }

    private static Progress progress(String text) throws IOException {
        Map<?, ?> fields = JsonTree.object(text);
        return new Progress(
                number(fields, "functions").intValue(),
                number(fields, "counting").intValue(),
                number(fields, "counters").intValue(),
                number(fields, "nonzero").intValue(),
                number(fields, "seconds").doubleValue(),
                number(fields, "quiet_seconds").doubleValue(),
                ((List<?>) fields.get("overlaps"))
                        .stream()
                                .map(overlap -> (Map<?, ?>) overlap)
                                .map(overlap -> new Progress.Overlap(
                                        number(overlap, "seconds").doubleValue(),
                                        number(overlap, "percent").doubleValue()))
                                .toList());
    }

    private static Number number(Map<?, ?> fields, String name) {
        return (Number) fields.get(name);
    }
}
