package org.pgofs.fs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A directory, mode 0755: its children are fixed by the program, or asked for at every look-up. Users can neither add
 * nor remove any. Safe for use by several threads.
 */
public final class Directory extends Node {
    private static final int MODE = 0755;
    private static final int MAX_NAME_BYTES = 255;

    private final Children dynamic;
    private final Map<String, Node> added = new ConcurrentHashMap<>();
    private final Map<String, Node> hidden = new ConcurrentHashMap<>();
    private final Instant created = Instant.now();

    private Directory(Children dynamic) {
        super(MODE);
        this.dynamic = dynamic;
    }

    /**
     * A directory whose children are those that are {@linkplain #add added}.
     *
     * @return a new directory, empty
     */
    public static Directory fixed() {
        return dynamic(Map::of);
    }

    /**
     * A directory that has other children than those that are {@linkplain #add added}, too.
     *
     * @param children asked at every listing, and at every look-up of a name that was not added
     * @return a new directory
     */
    public static Directory dynamic(Children children) {
        return new Directory(children);
    }

    /**
     * The same, with children that are few, so that a look-up may ask for all of them.
     *
     * @param children the children by name, in an immutable map or one that is safe for use by several threads; names
     *     as {@link #add} has them
     * @return a new directory
     */
    public static Directory dynamic(Supplier<? extends Map<String, Node>> children) {
        return new Directory(new Children() {
            @Override
            public Node find(String name) {
                return children.get().get(name);
            }

            @Override
            public Collection<String> names() {
                return children.get().keySet();
            }
        });
    }

    /**
     * Adds a child; one of the same name is replaced.
     *
     * @param name 1 to 255 bytes of UTF-8, without a slash or a NUL, neither {@code .} nor {@code ..}
     * @param node the child
     * @return this directory
     * @throws IllegalArgumentException if the name is none
     */
    public Directory add(String name, Node node) {
        added.put(checked(name), node);
        return this;
    }

    /**
     * Adds a child that is found by its name and not listed: a recursive copy does not meet it.
     *
     * @param name as {@link #add} has it
     * @param node the child
     * @return this directory
     * @throws IllegalArgumentException if the name is none
     */
    public Directory addHidden(String name, Node node) {
        hidden.put(checked(name), node);
        return this;
    }

    /** The child of a name, null if there is none. */
    public Node child(String name) {
        Node fixed = added.getOrDefault(name, hidden.get(name));
        return fixed != null ? fixed : dynamic.find(name);
    }

    /** The names that a listing shows, sorted. */
    public List<String> names() {
        SortedSet<String> names = new TreeSet<>(added.keySet());
        dynamic.names().forEach(name -> names.add(checked(name)));
        return List.copyOf(names);
    }

    /**
     * The node that a path leads to, null if there is none.
     *
     * @param path absolute within this directory, which is {@code /}
     */
    Node resolve(String path) {
        Node node = this;
        int start = 1;
        while (start < path.length() && node != null) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            node = node instanceof Directory directory ? directory.child(path.substring(start, end)) : null;
            start = end + 1;
        }
        return node;
    }

    public Instant created() {
        return created;
    }

    private static String checked(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0
                || bytes > MAX_NAME_BYTES
                || name.indexOf('/') >= 0
                || name.indexOf('\0') >= 0
                || name.equals(".")
                || name.equals("..")) {
            throw new IllegalArgumentException("not a file name: '" + name + "'");
        }
        return name;
    }
}
