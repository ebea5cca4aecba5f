package org.pgofs.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What llvm-profdata reads in a profile. */
public final class ProfileText {
    private ProfileText() {}

    /**
     * The text of a profile. Of values that are as frequent as others, the order differs.
     *
     * @param profile an indexed one
     * @return for each function its lines, sorted
     */
    public static List<String> of(Path profile) {
        FleetProcess.Ended text =
                FleetProcess.run(List.of("llvm-profdata-19", "merge", "--text", "-o", "-", profile.toString()));
        assertEquals(0, text.code(), text.err());
        List<String> functions = new ArrayList<>();
        for (String function : text.out().split("\n\n", -1)) {
            functions.add(String.join("\n", function.lines().sorted().toList()));
        }
        return functions;
    }
}
