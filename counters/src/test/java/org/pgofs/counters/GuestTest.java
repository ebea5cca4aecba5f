package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.guest.GuestStatus;
import org.pgofs.counters.guest.TestGuest;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.linux.FaultyChanges;
import org.pgofs.counters.segment.SegmentDirectory;

/** Virtual machines, with real files for their memory. */
class GuestTest extends StoreFixture {
    private TestGuest guest;

    private TestGuest start() throws IOException {
        guest = TestGuest.start(temporary.resolve("ram"));
        return guest;
    }

    @AfterEach
    void end() throws IOException {
        if (guest != null) {
            guest.close();
        }
    }

    private void attach() throws IOException {
        store.machines().attach("vm", guest.memory(), TestGuest.kernel());
    }

    /** A machine that is attached, and has counted until a number. */
    private void startAndAttach(long number) throws IOException {
        start().boot(3).count(number - 1);
        attach();
        guest.count(number);
        assertTrue(status().counting());
    }

    private GuestStatus status() throws IOException {
        List<GuestStatus> guests = store.status().guests();
        assertEquals(1, guests.size());
        return guests.get(0);
    }

    /** What is served; all counters are expected to be the same. */
    private long served() throws IOException {
        Snapshot snapshot = store.freeze(images -> images).get(0);
        ByteBuffer counters = snapshot.counters();
        assertEquals(TestGuest.COUNTERS * Long.BYTES, counters.remaining());
        long[] numbers = new long[TestGuest.COUNTERS];
        counters.asLongBuffer().get(numbers);
        long[] expected = new long[TestGuest.COUNTERS];
        Arrays.fill(expected, numbers[0]);
        assertArrayEquals(expected, numbers);
        return numbers[0];
    }

    /** Firmware for AArch64 loads a kernel at any multiple of 64 KiB. */
    @ParameterizedTest
    @CsvSource({
        "AARCH64, 0x000d000, true",
        "AARCH64, 0x0add000, true",
        "AARCH64, 0x0ade000, false",
        "X86_64, 0x0add000, false"
    })
    void shouldFindAKernelWhereItsProcessorMayHaveIt(Processor processor, String place, boolean found)
            throws IOException {
        start().bootAt(Long.decode(place)).count(1);
        store.machines().attach("vm", guest.memory(), TestGuest.kernel(8 | Variant.IR, processor));
        guest.count(2);
        assertEquals(found, status().counting());
        assertEquals(found ? 2 : 0, served());
        assertEquals(processor, store.freeze(images -> images).get(0).image().processor());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 14})
    void shouldFindAKernelWhereverItWasLoaded(int load) throws IOException {
        start().boot(load).count(1);
        attach();
        guest.count(2);

        assertEquals(2, served());
        assertTrue(status().counting());
        assertEquals(0, status().reboots());
        assertTrue(store.images().get(0).name().startsWith("vmlinux-"));
    }

    @Test
    void shouldResetAndTakeByTheCarryAndNeverWrite() throws IOException {
        startAndAttach(10);
        byte[] before = Files.readAllBytes(guest.memory());

        store.reset(images -> images);
        assertEquals(0, served());
        assertArrayEquals(before, Files.readAllBytes(guest.memory()));

        guest.count(17);
        before = Files.readAllBytes(guest.memory());
        try (Take take = take()) {
            assertEquals(7, take.snapshots().get(0).counters().getLong(0));
            guest.count(18);
            take.commit();
        }
        guest.count(17);
        assertArrayEquals(before, Files.readAllBytes(guest.memory()));
        guest.count(18);
        assertEquals(1, served());
    }

    @Test
    void shouldWaitForAKernelThatIsNotLoadedYet() throws IOException {
        start();
        attach();
        assertFalse(status().counting());
        assertEquals(0, served());

        guest.boot(5);
        assertFalse(status().counting());
        guest.count(1);
        assertEquals(1, served());
        assertTrue(status().counting());
    }

    @Test
    void shouldNotCountWhatAnEarlierRunOfTheMachineLeft() throws IOException {
        start().boot(3).count(1000);
        attach();
        assertEquals(0, served());
        assertFalse(status().counting());

        guest.boot(6).count(3);
        assertEquals(3, served());
        guest.count(4);
        assertEquals(4, served());
        assertEquals(0, status().reboots());
    }

    @Test
    void shouldResetWhatWasNotSeenToCountYet() throws IOException {
        start().boot(3).count(1000);
        attach();
        store.reset(images -> images);

        guest.count(1002);
        assertEquals(2, served());
    }

    @Test
    void shouldKeepWhatWasCountedBeforeAReboot() throws IOException {
        startAndAttach(10);
        guest.boot(3);
        assertEquals(10, served());
        guest.count(2);

        assertEquals(12, served());
        assertEquals(12, served());
        assertEquals(1, status().reboots());
    }

    @Test
    void shouldNoticeARebootInThePresenceOfTheOldKernel() throws IOException {
        startAndAttach(10);
        guest.boot(8).count(1);
        assertEquals(11, served());
        guest.count(5);
        assertEquals(15, served());

        // Again, over the first one.
        guest.boot(3).count(2);
        assertEquals(17, served());
        assertEquals(2, status().reboots());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, 0xffff_8880_0000_1000L, 0x7468_6973_2069_7320L})
    void shouldNotCountPagesOfAnOldKernelThatAreUsedForSomethingElse(long content) throws IOException {
        startAndAttach(10);
        store.reset(images -> images);
        // First the next kernel is loaded, then its allocator takes pages of the old one: here, half of the counters.
        TestGuest next = TestGuest.start(guest.memory());
        next.boot(9).count(1);
        guest.count(content, 0, TestGuest.COUNTERS / 2);
        next.count(2);
        guest.close();
        guest = next;

        assertEquals(2, served());
        guest.count(3);
        assertEquals(3, served());
    }

    @Test
    void shouldTolerateACounterThatAnotherProcessorSetBack() throws IOException {
        startAndAttach(10);
        guest.count(9, 5, 6);
        guest.count(11, 6, TestGuest.COUNTERS);

        assertEquals(0, status().reboots());
        Snapshot snapshot = store.freeze(images -> images).get(0);
        assertEquals(9, snapshot.counters().getLong(5 * Long.BYTES));
        assertEquals(11, snapshot.counters().getLong(6 * Long.BYTES));
    }

    @Test
    void shouldWaitAgainWhileTheMachineLoadsItsKernel() throws IOException {
        startAndAttach(10);
        guest.overwriteNames();
        guest.count(0x1234, 0, 100);
        assertEquals(10, served());
        assertFalse(status().counting());

        guest.boot(3).count(1);
        assertEquals(11, served());
    }

    @Test
    void shouldFoldAMachineThatEnded() throws IOException {
        startAndAttach(10);
        guest.count(20);
        guest.close();

        assertEquals(20, served());
        assertEquals(List.of(), store.status().guests());
        assertEquals(1, ended());
    }

    @Test
    void shouldFoldAMachineThatEndedWithoutBeingAsked() throws IOException {
        startAndAttach(10);
        guest.count(20);
        guest.close();
        // Reading the images looks at no machine: the watcher must have found out.
        await(() -> !Files.exists(directory.state().resolve("sample-vm-0")));
        Files.delete(guest.memory());

        assertEquals(20, served());
    }

    @Test
    void shouldKeepTheCountsOfADetachedMachine() throws IOException {
        startAndAttach(10);
        guest.count(12);
        store.machines().detach("vm");
        guest.count(100);

        assertEquals(12, served());
        closeStore();
        reopen();
        assertEquals(12, served());
        assertEquals(List.of(), store.status().guests());
    }

    @Test
    void shouldGoOnAfterARestart() throws IOException {
        startAndAttach(10);
        store.reset(images -> images);
        guest.count(11);
        closeStore();
        guest.count(15);
        reopen();

        assertEquals(5, served());
        assertTrue(status().counting());
        guest.count(16);
        assertEquals(6, served());
        assertEquals(0, status().reboots());
    }

    @Test
    void shouldCountNothingTwiceWhenTheMachineRebootedWhileNobodyWatched() throws IOException {
        startAndAttach(10);
        store.reset(images -> images);
        guest.count(14);
        closeStore();
        guest.count(15); // is lost
        guest.boot(3).count(2);
        reopen();

        guest.count(3);
        assertEquals(4 + 3, served());
        closeStore();
        reopen();
        assertEquals(4 + 3, served());
        assertEquals(1, status().reboots());
    }

    @Test
    void shouldFoldAMachineThatEndedWhileNobodyWatched() throws IOException {
        startAndAttach(10);
        closeStore();
        guest.count(15);
        guest.close();
        reopen();

        assertEquals(15, served());
        assertEquals(List.of(), store.status().guests());
        closeStore();
        reopen();
        assertEquals(15, served());
    }

    @Test
    void shouldKeepTheLastSampleOfAMachineWhoseMemoryIsGone() throws IOException {
        startAndAttach(10);
        store.reset(images -> images);
        guest.count(14);
        closeStore();
        guest.close();
        Files.delete(guest.memory());
        reopen();

        assertEquals(4, served());
        assertEquals(List.of(), store.status().guests());
    }

    /** What a killed store leaves: the state of the last change and the sample of the last second. */
    @Test
    void shouldGoOnAfterAKill() throws IOException {
        startAndAttach(10);
        store.reset(images -> images);
        guest.count(14);
        Path sample = directory.state().resolve("sample-vm-0");
        byte[] before = Files.readAllBytes(sample);
        await(() -> !Arrays.equals(before, Files.readAllBytes(sample)));
        Path copy = Files.createDirectory(temporary.resolve("copy"));
        assertTrue(run("cp", "-a", directory.state() + "/.", copy.toString()));
        closeStore();
        assertTrue(run("rm", "-r", directory.state().toString()));
        assertTrue(run("cp", "-a", copy.toString(), directory.state().toString()));
        guest.boot(3).count(1);
        reopen();

        guest.count(2);
        assertEquals(4 + 2, served());
    }

    @Test
    void shouldSayWhyAMachineCannotBeAttached() throws IOException {
        start().boot(3).count(1);
        attach();

        assertRefused("there is a guest vm already", "vm", guest.memory());
        assertRefused("is attached already, as vm", "other", guest.memory());
        assertRefused("a name has letters", "a b", guest.memory());
        assertRefused("does not exist", "other", temporary.resolve("none"));
        assertRefused("is not a regular file", "other", temporary);
        assertRefused("is too small", "other", Files.writeString(temporary.resolve("small"), "small"));
        Path unused = temporary.resolve("unused");
        TestGuest.start(unused).close();
        assertRefused("is not used by any virtual machine", "other", unused);
        assertThrows(IOException.class, () -> store.machines().detach("other"));
        assertEquals("vm", status().name());
    }

    @Test
    void shouldRefuseAMachineWithAnotherKernel() throws IOException {
        start().write(5 * TestGuest.ALIGNMENT - 7, "Linux version 2 (somebody)\nmore");

        IOException refusal = assertThrows(IOException.class, this::attach);

        assertEquals(
                guest.memory() + " has another kernel than /build/vmlinux: 'Linux version 2 (somebody)' and not"
                        + " 'Linux version 1'",
                refusal.getMessage());
        assertEquals(List.of(), store.status().guests());
    }

    @Test
    void shouldAddNoImageForAMachineThatCannotBeAttached() throws IOException {
        closeStore();
        FaultyChanges changes = new FaultyChanges(false);
        changes.disarm();
        directory = SegmentDirectory.acquire(path, changes);
        store = CounterStore.open(directory, bounds);
        start().boot(3).count(1);
        changes.arm(0);
        assertThrows(IOException.class, this::attach);
        assertEquals(List.of(), store.images());

        attach();
        GuestImage other = TestGuest.kernel(9 | Variant.IR);
        assertThrows(IOException.class, () -> store.machines().attach("other", guest.memory(), other));
        assertEquals(1, store.images().size());
        guest.count(2);
        assertEquals(2, served());
    }

    private void assertRefused(String reason, String name, Path memory) {
        IOException refusal =
                assertThrows(IOException.class, () -> store.machines().attach(name, memory, TestGuest.kernel()));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }
}
