package org.pgofs.fs;

import java.util.Collection;

/**
 * The children of a directory that come and go by themselves. Asked by several threads at once. What users change of a
 * child (mode, owner) lasts as long as the child is the same object.
 */
public interface Children {
    /**
     * Looks a child up. A walk through the tree does so several times for each file, so it must not take longer the more
     * children there are.
     *
     * @param name any text
     * @return the child, null if there is none
     */
    Node find(String name);

    /**
     * The names for a listing.
     *
     * @return as {@link Directory#add} has them, in any order; not to be changed while it is used
     */
    Collection<String> names();
}
