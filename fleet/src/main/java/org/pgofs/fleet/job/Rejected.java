package org.pgofs.fleet.job;

import java.io.Serializable;

/**
 * An object that is left out.
 *
 * @param object its name in the store
 * @param reason what is wrong with it
 */
public record Rejected(String object, String reason) implements Comparable<Rejected>, Serializable {
    @Override
    public int compareTo(Rejected other) {
        int order = object.compareTo(other.object);
        return order != 0 ? order : reason.compareTo(other.reason);
    }
}
