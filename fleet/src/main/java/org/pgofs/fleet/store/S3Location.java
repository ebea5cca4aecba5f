package org.pgofs.fleet.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a store in S3 is.
 *
 * @param bucket its name
 * @param prefix what the keys of all its objects begin with: nothing, or words with a slash behind each
 */
record S3Location(String bucket, String prefix) {
    static final String SCHEME = "s3://";

    private static final Pattern URI = Pattern.compile(SCHEME + "([a-z0-9][a-z0-9._-]{1,254})(?:/(.*?))?/*");

    /**
     * Reads a name.
     *
     * @param uri {@code s3://BUCKET} or {@code s3://BUCKET/PREFIX}
     * @throws IllegalArgumentException if it is none
     */
    static S3Location parse(String uri) {
        Matcher parts = URI.matcher(uri);
        if (!parts.matches()) {
            throw new IllegalArgumentException(uri + " is no store: give s3://BUCKET or s3://BUCKET/PREFIX");
        }
        String prefix = parts.group(2);
        return new S3Location(parts.group(1), prefix == null || prefix.isEmpty() ? "" : prefix + "/");
    }

    /** The key of an object. */
    String key(String name) {
        return prefix + name;
    }

    /** How people name an object. */
    String uri(String name) {
        return SCHEME + bucket + "/" + key(name);
    }

    @Override
    public String toString() {
        return uri("").replaceFirst("/$", "");
    }
}
