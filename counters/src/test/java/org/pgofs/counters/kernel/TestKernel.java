package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;
import org.pgofs.counters.format.KernelNoteLayout;
import org.pgofs.counters.format.KernelNoteLayout.Control;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.format.ValueSiteLayout;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.GuestLayout;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.counters.image.LinkTimes;
import org.pgofs.counters.linux.ModuleEvents;

/**
 * A running kernel as the store sees one: files that tell of it, and a core file that is its memory. Vmlinux and each module
 * have two functions with {@link #COUNTERS} counters together, and {@link #SITES} value sites.
 */
public final class TestKernel implements AutoCloseable {
    public static final int COUNTERS = 6;
    public static final int SITES = 2;

    static final long KASLR = 0x1600_0000L;
    static final long TEXT = 0xffff_ffff_8100_0000L;
    static final long MODULES = 0xffff_ffff_c000_0000L;
    /** Link-time addresses of the two functions of vmlinux, which differ by less than a page. */
    public static final long FUNCTION = TEXT + 0x100;

    private static final int PAGE = 4096;
    /** Of vmlinux, and of each module: what lies at which distance from its first byte. */
    private static final int RECORDS = PAGE;

    private static final int CONTROL = 2 * PAGE;
    private static final int RAW_VERSION = CONTROL + 0x100;
    private static final int NAMES = 3 * PAGE;
    private static final int COUNTERS_AT = 4 * PAGE;
    private static final int VALUES = 5 * PAGE;
    private static final int SITES_AT = 6 * PAGE;
    private static final int NOTE = 7 * PAGE;
    static final int SIZE = 8 * PAGE;

    private static final long TEXT_AT = 1 << 20;
    private static final long MODULES_AT = 2 << 20;
    private static final int RECORD_SIZE = 48;
    private static final int SITE_OFFSET = 32;
    private static final ByteBuffer NAMES_BYTES = StandardCharsets.US_ASCII.encode("\u000c\0first\u0001second");

    private final Path proc;
    private final Path sys;
    private final FileChannel core;
    private final long kaslr;
    private final Map<String, Long> modules = new TreeMap<>();
    private final Events events = new Events();

    /** Starts one with address space randomisation. */
    public static TestKernel start(Path directory) throws IOException {
        return new TestKernel(directory, KASLR);
    }

    TestKernel(Path directory, long kaslr) throws IOException {
        this.kaslr = kaslr;
        proc = directory.resolve("proc");
        sys = directory.resolve("sys");
        Files.createDirectories(proc.resolve("sys/kernel/random"));
        Files.createDirectories(sys.resolve("kernel"));
        Files.createDirectories(sys.resolve("module/pgofs/parameters"));
        boot();
        write(sys.resolve("module/pgofs/parameters/epoch"), "0\n");
        core = FileChannel.open(
                proc.resolve("kcore"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        writeHeaders(true);
        load(text(), TEXT_AT, FUNCTION + kaslr);
        writeNotes(1, 0);
    }

    /** The headers of the core file, with what the kernel says of itself or without. */
    void writeHeaders(boolean hasInfo) throws IOException {
        writeHeaders(
                hasInfo
                        ? "OSRELEASE=6.1\nKERNELOFFSET=" + Long.toHexString(kaslr) + "\nSYMBOL(_stext)="
                                + Long.toHexString(text()) + "\n"
                        : "",
                text(),
                MODULES);
    }

    /** The same with a build id. */
    void writeBuildId(String id) throws IOException {
        writeHeaders("BUILD-ID=" + id + "\nKERNELOFFSET=" + Long.toHexString(kaslr) + "\n", text(), MODULES);
    }

    /** The same without addresses, as of a dump by physical ones. */
    void writePhysicalHeaders() throws IOException {
        writeHeaders("", 0, 0xfffc_0000L);
    }

    private void writeHeaders(String info, long text, long others) throws IOException {
        CoreFile.of(info, new CoreFile.Load(text, SIZE, TEXT_AT), new CoreFile.Load(others, 0x3f00_0000L, MODULES_AT))
                .writeTo(core);
    }

    /** Puts the notes where the kernel has them too. */
    void writeNotesToMemory() throws IOException {
        core.write(ByteBuffer.wrap(Files.readAllBytes(sys.resolve("kernel/notes"))), TEXT_AT + NOTE);
    }

    void eraseNotesFromMemory() throws IOException {
        core.write(ByteBuffer.allocate(PAGE), TEXT_AT + NOTE);
    }

    void overwriteNames() throws IOException {
        core.write(ByteBuffer.allocate(PAGE), TEXT_AT + NAMES);
    }

    /** Sets the epoch, in memory as the kernel does. */
    void writeEpoch(long epoch) throws IOException {
        write(sys.resolve("module/pgofs/parameters/epoch"), epoch + "\n");
        core.write(
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, epoch),
                TEXT_AT + CONTROL + Control.RESET_EPOCH);
    }

    /** Another boot: it has another number. */
    public void boot() throws IOException {
        write(proc.resolve("sys/kernel/random/boot_id"), UUID.randomUUID() + "\n");
    }

    /** The notes of vmlinux, with some of pgofs, whose addresses are moved. */
    void writeNotes(int pgofs, long moved) throws IOException {
        ByteBuffer notes = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        note(notes, "GNU", 3, ByteBuffer.wrap(new byte[] {0x12, 0x34, 0x56, 0x78, 0x0a}));
        for (int i = 0; i < pgofs; i++) {
            note(
                    notes,
                    KernelNoteLayout.NAME,
                    KernelNoteLayout.TYPE,
                    descriptor(KernelNoteLayout.FORM_LINKED, TEXT + moved));
        }
        writeBytes(sys.resolve("kernel/notes"), notes.flip());
    }

    /** Lets the note of vmlinux have another number. */
    void changeNote(int at, long number) throws IOException {
        writeNotes(1, 0);
        byte[] notes = Files.readAllBytes(sys.resolve("kernel/notes"));
        int descriptor = notes.length - KernelNoteLayout.SIZE;
        ByteBuffer.wrap(notes).order(ByteOrder.LITTLE_ENDIAN).putLong(descriptor + at, number);
        Files.write(sys.resolve("kernel/notes"), notes);
    }

    /** What the file of vmlinux has, if that is its build id. */
    KernelSections sections(byte[] buildId) throws IOException {
        ByteBuffer records = ByteBuffer.allocate(2 * RECORD_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        core.read(records, TEXT_AT + RECORDS);
        return new KernelSections(
                "/build/vmlinux",
                Processor.X86_64,
                "",
                8 | Variant.IR,
                ByteBuffer.wrap(buildId),
                records.flip(),
                TEXT + RECORDS,
                COUNTERS * Long.BYTES,
                TEXT + COUNTERS_AT,
                NAMES_BYTES.duplicate(),
                TEXT + NAMES,
                0,
                0,
                new LinkTimes(kaslr));
    }

    ModuleEvents events() {
        return events;
    }

    private static ByteBuffer descriptor(int form, long begin) {
        ByteBuffer note = ByteBuffer.allocate(KernelNoteLayout.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        note.putInt(KernelNoteLayout.VERSION, KernelNoteLayout.VERSION_VALUE)
                .putInt(KernelNoteLayout.FORM, form)
                .putLong(KernelNoteLayout.TEXT, begin)
                .putLong(KernelNoteLayout.CONTROL, begin + CONTROL);
        range(note, KernelNoteLayout.COUNTERS, begin + COUNTERS_AT, COUNTERS * Long.BYTES);
        range(note, KernelNoteLayout.DATA, begin + RECORDS, 2 * RECORD_SIZE);
        range(note, KernelNoteLayout.NAMES, begin + NAMES, NAMES_BYTES.remaining());
        range(note, KernelNoteLayout.VALUES, begin + VALUES, SITES * Long.BYTES);
        range(note, KernelNoteLayout.SITES, begin + SITES_AT, SITES * ValueSiteLayout.SIZE);
        return note;
    }

    private static void range(ByteBuffer note, int at, long begin, long size) {
        note.putLong(at, begin).putLong(at + Long.BYTES, begin + size);
    }

    static void note(ByteBuffer notes, String name, int type, ByteBuffer content) {
        byte[] bytes = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        notes.putInt(bytes.length).putInt(content.remaining()).putInt(type).put(bytes);
        notes.position((notes.position() + 3) & -4);
        notes.put(content.duplicate());
        notes.position((notes.position() + 3) & -4);
    }

    /** What is loaded at an address: records of raw version 8, which know the rest by distances from themselves. */
    private void load(long address, long offset, long function) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 2; i++) {
            int at = RECORDS + i * RECORD_SIZE;
            bytes.putLong(at, i + 1)
                    .putLong(at + 8, 11L * (i + 1))
                    .putLong(at + 16, COUNTERS_AT + (long) i * COUNTERS / 2 * Long.BYTES - at)
                    .putLong(at + 24, function + i * 0x10L)
                    .putLong(at + SITE_OFFSET, address + VALUES + (1L - i) * Long.BYTES)
                    .putInt(at + 40, COUNTERS / 2)
                    .putShort(at + 44 + 2 * i, (short) 1);
        }
        bytes.putLong(CONTROL + Control.RAW_VERSION, address + RAW_VERSION)
                .putLong(CONTROL + Control.VALUE_SITE_SIZE, ValueSiteLayout.SIZE)
                .putLong(RAW_VERSION, 8 | Variant.IR)
                .put(NAMES, NAMES_BYTES, 0, NAMES_BYTES.remaining());
        core.write(bytes, offset);
    }

    /** What the daemon knows of records. Those of vmlinux and of modules are read alike. */
    public static GuestImage parse(KernelSections sections) {
        List<GuestImage.Function> functions = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int at = i * RECORD_SIZE;
            ByteBuffer records = sections.records();
            long counters = sections.recordsAddress() + at + records.getLong(at + 16) - sections.countersAddress();
            functions.add(new GuestImage.Function(
                    records.getLong(at),
                    records.getLong(at + 8),
                    (int) counters,
                    records.getInt(at + 40),
                    sections.linkTimes().of(records.getLong(at + 24)),
                    (int) (records.getLong(at + SITE_OFFSET) - sections.valuesAddress()) / Long.BYTES,
                    sections.valueSites() == 0
                            ? List.of()
                            : List.of((int) records.getShort(at + 44), (int) records.getShort(at + 46), 0)));
        }
        ByteBuffer id = sections.buildId();
        ByteBuffer ids = ByteBuffer.allocate(id.hasRemaining() ? 16 : 0).order(ByteOrder.LITTLE_ENDIAN);
        if (id.hasRemaining()) {
            ids.putLong(0, id.remaining()).put(8, id, 0, id.remaining());
        }
        return new GuestImage(
                sections.path(),
                sections.processor(),
                "",
                sections.rawVersion(),
                ids,
                functions,
                (int) sections.countersSize(),
                sections.valueSites(),
                sections.names(),
                new GuestLayout(
                        sections.countersAddress(), sections.recordsAddress(), RECORD_SIZE, sections.namesAddress()));
    }

    public KernelFiles files() {
        return new KernelFiles(proc, sys);
    }

    /** Where the memory of vmlinux begins. */
    long text() {
        return TEXT + kaslr;
    }

    /** What the daemon does at its start. */
    public KernelWatch watch() throws IOException {
        return KernelWatch.open(files(), TestKernel::parse, () -> events, Optional.empty());
    }

    /** Loads a module, and says so. */
    public void insmod(String name) throws IOException {
        loadQuietly(name);
        events.add(ModuleEvents.Kind.LOADED, name);
    }

    /** Loads a module, each time at another place and in another order of its sections. */
    void loadQuietly(String name) throws IOException {
        long number = modules.size() + 1L + loads++;
        long address = MODULES + number * SIZE;
        modules.put(name, address);
        Path module = sys.resolve("module").resolve(name);
        Files.createDirectories(module.resolve("notes"));
        Files.createDirectories(module.resolve("sections"));
        Files.createDirectories(module.resolve("parameters"));
        write(module.resolve("initstate"), "live\n");
        write(module.resolve("parameters/pgofs_epoch"), "0\n");
        long text = MODULES + 0x2000_0000L - number * SIZE;
        load(address, offset(address), text + 0x20);
        ByteBuffer notes = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        note(
                notes,
                KernelNoteLayout.NAME,
                KernelNoteLayout.TYPE,
                descriptor(KernelNoteLayout.FORM_DISTANCES, -NOTE - KernelNoteLayout.DESCRIPTOR));
        writeBytes(module.resolve("notes/.note.pgofs"), notes.flip());
        ByteBuffer id = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        note(id, "GNU", 3, StandardCharsets.US_ASCII.encode(name));
        writeBytes(module.resolve("notes/.note.gnu.build-id"), id.flip());
        writeAddress(module.resolve("sections/.note.pgofs"), address + NOTE);
        writeAddress(module.resolve("sections/.text"), text);
        writeAddress(module.resolve("sections/.data"), address);
        writeAddress(module.resolve("sections/.init.text"), text + (number % 2 == 0 ? SIZE : -SIZE));
        writeAddress(module.resolve("sections/__llvm_prf_cnts"), address + COUNTERS_AT);
    }

    private long loads;

    /** Says that a module ends; its memory is still there. */
    public void remove(String name) throws IOException {
        removeQuietly(name);
        events.add(ModuleEvents.Kind.UNLOADED, name);
    }

    void removeQuietly(String name) throws IOException {
        // Kept elsewhere: its number must not be used again.
        Files.move(sys.resolve("module").resolve(name), sys.resolve(name + "-" + loads++));
    }

    /** Frees the memory of a module: something else is there. */
    public void free(String name) throws IOException {
        core.write(
                ByteBuffer.wrap("something else ".repeat(SIZE / 15).getBytes(StandardCharsets.US_ASCII)),
                offset(modules.get(name)));
    }

    public void rmmod(String name) throws IOException {
        remove(name);
        free(name);
    }

    /** Something that happens. */
    public interface Happening {
        void happen() throws IOException;
    }

    /** Loses the events of what happens, and says so. */
    public void loseEvents(Happening happening) throws IOException {
        happening.happen();
        events.drain();
        events.add(ModuleEvents.Kind.LOST, "");
    }

    /** Takes the note of a module away: it was linked as it is. */
    public void removeNote(String name) throws IOException {
        Files.delete(sys.resolve("module").resolve(name).resolve("notes/.note.pgofs"));
    }

    /** Hides where modules are, as kptr_restrict=2 does. */
    public void hide(String name) throws IOException {
        writeAddress(sys.resolve("module").resolve(name).resolve("sections/.note.pgofs"), 0);
    }

    /** Counts in vmlinux: all counters have the same number. */
    public void count(long number) throws IOException {
        countAt(TEXT_AT, number);
    }

    /** Counts in a module. */
    public void count(String module, long number) throws IOException {
        countAt(offset(modules.get(module)), number);
    }

    private void countAt(long offset, long number) throws IOException {
        ByteBuffer counters = ByteBuffer.allocate(COUNTERS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (counters.hasRemaining()) {
            counters.putLong(number);
        }
        core.write(counters.flip(), offset + COUNTERS_AT);
    }

    /** An indirect call in vmlinux to one of its functions, so many times since the last reset. */
    public void call(long function, long times) throws IOException {
        observe(TEXT_AT, 1, epoch(), function + kaslr, times);
    }

    /** What is written to the parameter of vmlinux. */
    public long epoch() throws IOException {
        return Long.parseLong(
                Files.readString(sys.resolve("module/pgofs/parameters/epoch")).strip());
    }

    private void observe(long offset, int site, long epoch, long value, long count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(ValueSiteLayout.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(ValueSiteLayout.EPOCH, epoch)
                .putLong(ValueSiteLayout.SLOT + ValueSiteLayout.VALUE, value)
                .putLong(ValueSiteLayout.SLOT + ValueSiteLayout.COUNT, count);
        core.write(bytes, offset + SITES_AT + (long) site * ValueSiteLayout.SIZE);
    }

    private static long offset(long module) {
        return MODULES_AT + module - MODULES;
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    private static void writeAddress(Path file, long address) throws IOException {
        write(file, String.format("0x%016x%n", address));
    }

    private static void writeBytes(Path file, ByteBuffer bytes) throws IOException {
        byte[] content = new byte[bytes.remaining()];
        bytes.get(content);
        Files.write(file, content);
    }

    /** Nobody listens any more. */
    public boolean isClosed() {
        return events.closed;
    }

    @Override
    public void close() throws IOException {
        core.close();
    }

    private static final class Events implements ModuleEvents {
        private final Queue<Event> queue = new ArrayDeque<>();
        private boolean awake;
        private boolean closed;

        synchronized void add(Kind kind, String module) {
            queue.add(new Event(kind, module));
        }

        @Override
        public synchronized List<Event> drain() {
            List<Event> events = List.copyOf(queue);
            queue.clear();
            return events;
        }

        /** Of the thread: without an event that wakes it, tests know who reads. */
        @Override
        public synchronized void await() {
            while (!awake) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
            awake = false;
        }

        @Override
        public synchronized void wake() {
            awake = true;
            notifyAll();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
