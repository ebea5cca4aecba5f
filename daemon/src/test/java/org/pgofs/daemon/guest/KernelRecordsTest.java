package org.pgofs.daemon.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.counters.image.LinkTimes;

/** Records in the memory of a kernel. */
class KernelRecordsTest {
    private static final long BIAS = 0x1600_0000L;
    private static final long RECORDS = 0xffff_ffff_9700_0000L;
    private static final long COUNTERS = RECORDS + 0x1000;
    private static final long VALUES = RECORDS + 0x2000;

    private int version = 10;
    private int sites = 3;
    private long values = VALUES + 8;
    private long countersSize = 64;

    private KernelSections sections() {
        // One of padding, one that counts, with a site of each kind.
        int size = version == 10 ? 64 : 48;
        ByteBuffer records = ByteBuffer.allocate(2 * size).order(ByteOrder.LITTLE_ENDIAN);
        records.position(size);
        records.putLong(7).putLong(11).putLong(COUNTERS + 8 - RECORDS - size);
        if (version == 10) {
            records.putLong(0);
        }
        records.putLong(RECORDS + 0x100 + BIAS)
                .putLong(values)
                .putInt(3)
                .putShort((short) 1)
                .putShort((short) 1);
        return new KernelSections(
                "/build/vmlinux",
                Processor.X86_64,
                "",
                version | Variant.IR,
                ByteBuffer.wrap(new byte[] {1, 2}),
                records.rewind(),
                RECORDS,
                countersSize,
                COUNTERS,
                StandardCharsets.US_ASCII.encode("names"),
                RECORDS + 0x3000,
                VALUES,
                sites,
                new LinkTimes(BIAS));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 10})
    void shouldReadRecordsWhereverTheKernelIs(int number) throws IOException {
        version = number;
        GuestImage image = KernelRecords.image(sections());

        assertEquals(
                List.of(new GuestImage.Function(7, 11, 0, 3, RECORDS + 0x100, 1, List.of(1, 1, 0))), image.functions());
        assertEquals(3, image.valueSites());
        assertEquals(24, image.countersSize());
        assertEquals(COUNTERS + 8, image.layout().counters());
        assertEquals(16, image.binaryIds().limit());
    }

    @Test
    void shouldLeaveOutSitesThatNobodyRecords() throws IOException {
        sites = 0;
        values = 0;
        assertEquals(
                List.of(new GuestImage.Function(7, 11, 0, 3, RECORDS + 0x100)),
                KernelRecords.image(sections()).functions());
    }

    @ParameterizedTest
    @CsvSource({"-8, 64, value sites are outside", "16, 64, value sites are outside", "8, 24, counters at 8 in 24"})
    void shouldRefuseRecordsThatCannotBe(long site, long counters, String reason) {
        values = VALUES + site;
        countersSize = counters;
        IOException refusal = assertThrows(IOException.class, () -> KernelRecords.image(sections()));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    @Test
    void shouldSayThatAVersionIsNotKnown() {
        version = 4;
        IOException refusal = assertThrows(IOException.class, () -> KernelRecords.image(sections()));
        assertTrue(refusal.getMessage().contains("has raw version 4: this pgofs knows"), refusal.getMessage());
    }
}
