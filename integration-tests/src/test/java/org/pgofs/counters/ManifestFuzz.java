package org.pgofs.counters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.pgofs.counters.state.Manifest;
import org.pgofs.counters.state.StateFile.DamagedException;

/** Manifests; with the right checksum, or none would be read. */
public final class ManifestFuzz {
    private ManifestFuzz() {}

    /**
     * Tries one.
     *
     * @param input the lines before the checksum
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        try {
            Manifest manifest = Manifest.parse(text + "checksum " + Long.toHexString(crc.getValue()) + "\n");
            manifest.fileNames();
        } catch (DamagedException | IOException e) {
            // As documented.
        }
    }
}
