package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whose a process is.
 *
 * @param user as whom it makes files: so its segments would be owned
 * @param pid its number in its own pid namespace
 */
record ProcessUser(int user, int pid) {
    private static final int FILE_SYSTEM_USER = 4;

    /**
     * Asks for it.
     *
     * @throws IOException if there is no such process
     */
    static ProcessUser of(int pid) throws IOException {
        int user = -1;
        int own = pid;
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1)) {
            String[] words = line.split("\\s+", -1);
            switch (words[0]) {
                case "Uid:" -> user = Integer.parseUnsignedInt(words[FILE_SYSTEM_USER]);
                case "NSpid:" -> own = Integer.parseInt(words[words.length - 1]);
                default -> {}
            }
        }
        return new ProcessUser(user, own);
    }
}
