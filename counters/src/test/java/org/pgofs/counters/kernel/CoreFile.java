package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Makes the headers of an ELF core file, whatever they say. */
final class CoreFile {
    static final int PROGRAM_HEADERS = 64;
    static final int PROGRAM_HEADER_SIZE = 56;

    private static final int NOTES = 0x8000;

    private final ByteBuffer bytes = ByteBuffer.allocate(0x10000).order(ByteOrder.LITTLE_ENDIAN);

    /** A part of the memory, and where the file has it. */
    record Load(long address, long size, long offset) {}

    private CoreFile() {}

    /** With a note, if there is a text for it. */
    static CoreFile of(String vmcoreInfo, Load... loads) {
        CoreFile file = new CoreFile();
        ByteBuffer bytes = file.bytes;
        bytes.putInt(0, 0x464c457f)
                .put(4, (byte) 2)
                .put(5, (byte) 1)
                .putShort(16, (short) 4)
                .putShort(18, (short) 62)
                .putLong(32, PROGRAM_HEADERS)
                .putShort(54, (short) PROGRAM_HEADER_SIZE)
                .putShort(56, (short) (loads.length + 1));
        bytes.position(NOTES);
        if (!vmcoreInfo.isEmpty()) {
            TestKernel.note(bytes, "CORE", 1, ByteBuffer.allocate(20));
            TestKernel.note(bytes, "VMCOREINFO", 0, StandardCharsets.US_ASCII.encode(vmcoreInfo));
        }
        file.programHeader(0, 4, NOTES, 0, bytes.position() - NOTES);
        for (int i = 0; i < loads.length; i++) {
            file.programHeader(i + 1, 1, loads[i].offset, loads[i].address, loads[i].size);
        }
        return file;
    }

    private void programHeader(int number, int type, long offset, long address, long size) {
        int at = PROGRAM_HEADERS + number * PROGRAM_HEADER_SIZE;
        bytes.putInt(at, type).putLong(at + 8, offset).putLong(at + 16, address).putLong(at + 32, size);
    }

    /** The headers, to be changed. */
    ByteBuffer bytes() {
        return bytes;
    }

    void writeTo(FileChannel channel) throws IOException {
        channel.write(bytes.duplicate().rewind().limit(bytes.capacity()), 0);
    }
}
