package org.pgofs.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DirectoryTest {
    private final Node leaf = new PseudoFile(0444, new TextFile(() -> ""));
    private final Directory inner = Directory.fixed().add("leaf", leaf);
    private final Directory root = Directory.fixed().add("inner", inner).addHidden("secret", leaf);

    @Test
    void shouldResolvePathsComponentByComponent() {
        assertSame(root, root.resolve("/"));
        assertSame(inner, root.resolve("/inner"));
        assertSame(leaf, root.resolve("/inner/leaf"));
        assertNull(root.resolve("/inner/none"));
        assertNull(root.resolve("/none/leaf"));
        assertNull(root.resolve("/inner/leaf/below"));
    }

    @Test
    void shouldFindHiddenChildrenButNotListThem() {
        assertSame(leaf, root.resolve("/secret"));
        assertEquals(List.of("inner"), root.names());
    }

    @Test
    void shouldAskForDynamicChildrenEveryTime() {
        var children = new AtomicReference<SortedMap<String, Node>>(new TreeMap<>());
        Directory dynamic = Directory.dynamic(children::get);
        assertNull(dynamic.child("a"));
        children.set(new TreeMap<>(Map.of("b", leaf, "a", inner)));
        assertSame(inner, dynamic.child("a"));
        assertEquals(List.of("a", "b"), dynamic.names());
    }

    @Test
    void shouldLookAChildUpWithoutAskingForAll() {
        Directory dynamic = Directory.dynamic(new Children() {
            @Override
            public Node find(String name) {
                return name.equals("a") ? leaf : null;
            }

            @Override
            public List<String> names() {
                throw new IllegalStateException("asked for all");
            }
        });
        assertSame(leaf, dynamic.resolve("/a"));
        assertNull(dynamic.resolve("/b"));
    }

    @Test
    void shouldAskOnlyForWhatWasNotAdded() {
        Directory dynamic = Directory.dynamic(() -> {
                    throw new IllegalStateException("asked");
                })
                .add("a", leaf)
                .addHidden("b", inner);
        assertSame(leaf, dynamic.child("a"));
        assertSame(inner, dynamic.child("b"));
        assertThrows(IllegalStateException.class, () -> dynamic.child("c"));
    }

    @Test
    void shouldListWhatWasAddedAmongTheOthers() {
        Directory dynamic = Directory.dynamic(() -> Map.of("c", leaf, "a", leaf))
                .add("b", leaf)
                .addHidden("d", leaf);
        assertEquals(List.of("a", "b", "c"), dynamic.names());
    }

    @Test
    void shouldCountANamesBytesAndNotItsCharacters() {
        root.add("\u00fc".repeat(127), leaf);
        assertThrows(IllegalArgumentException.class, () -> root.add("\u00fc".repeat(128), leaf));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/", "a\0b"})
    void shouldRefuseWhatIsNoName(String name) {
        assertThrows(IllegalArgumentException.class, () -> root.add(name, leaf));
        assertThrows(IllegalArgumentException.class, () -> root.addHidden(name, leaf));
    }

    @Test
    void shouldRefuseModesThatAreNone() {
        assertThrows(IllegalArgumentException.class, () -> new PseudoFile(0100444, new TextFile(() -> "")));
    }
}
