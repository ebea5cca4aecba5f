package org.pgofs.counters;

/** Makes names for images out of what targets say, which may be anything: they end in paths, logs and terminals. */
final class ImageNames {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-";
    private static final int MAX_BASE = 200;
    private static final int ID_DIGITS = 8;

    private ImageNames() {}

    /**
     * The name of an image.
     *
     * @param path of its file, as a target told it
     * @param id build id or digest in hexadecimal
     * @return base name and first digits of the id
     */
    static String of(String path, String id) {
        return safe(path) + "-" + id.substring(0, Math.min(ID_DIGITS, id.length()));
    }

    private static String safe(String path) {
        String base = path.substring(path.lastIndexOf('/') + 1);
        if (base.length() > MAX_BASE) {
            base = base.substring(0, MAX_BASE);
        }
        StringBuilder safe = new StringBuilder(base.length());
        for (int i = 0; i < base.length(); i++) {
            char c = base.charAt(i);
            safe.append(PLAIN.indexOf(c) >= 0 || (c == '.' && i > 0) ? c : '_');
        }
        return safe.isEmpty() ? "unnamed" : safe.toString();
    }
}
