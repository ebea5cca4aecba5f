package org.pgofs.profdata.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The order of what is equal is compared with that of llvm-profdata elsewhere. */
class UnstableSortTest {
    @Test
    void shouldSortAsTheCxxLibraryDoesWhereNothingIsEqual() {
        List<Integer> list =
                new ArrayList<>(new Random(1).ints(200).distinct().boxed().toList());
        List<Integer> expected = list.stream().sorted().toList();
        UnstableSort.sort(list, Integer::compare);
        assertEquals(expected, list);
    }
}
