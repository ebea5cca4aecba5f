package org.pgofs.counters;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.CounterStoreStatus.DroppedFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers the files that are left out, so that each is logged once. Guarded by the store's lock. */
final class DroppedFiles {
    /** How many are remembered: anyone may make more of them. */
    static final int KEPT = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(DroppedFiles.class);

    private final Map<String, String> reasons = new LinkedHashMap<>();

    void add(String name, String reason) {
        if (reasons.size() < KEPT && reasons.putIfAbsent(name, reason) == null) {
            LOG.warn("dropped {}: {}", printable(name), reason);
        }
    }

    boolean contains(String name) {
        return reasons.containsKey(name);
    }

    List<DroppedFile> list() {
        List<DroppedFile> list = new ArrayList<>();
        reasons.forEach((name, reason) -> list.add(new DroppedFile(printable(name), reason)));
        return list;
    }

    private static String printable(String name) {
        return name.replaceAll("[^\\x21-\\x7e]+", "?");
    }
}
