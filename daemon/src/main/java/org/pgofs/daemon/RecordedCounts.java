package org.pgofs.daemon;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.process.StockSources;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.daemon.profile.CollectCommand;
import org.pgofs.daemon.profile.NewFile;
import org.pgofs.daemon.stock.StockElf;
import org.pgofs.fs.Caller;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.pgofs.profdata.read.IndexedReader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * What {@code pgofs record} starts, see record.sh: serves a segment directory, without a mount, says "ready" on
 * standard output, and writes the profile when standard input ends. Whatever it says then is for the user.
 */
@Command(name = RecordedCounts.NAME, hidden = true)
final class RecordedCounts implements Callable<Integer> {
    static final String NAME = "recorded-counts";

    private static final Caller SELF = new Caller(0, 0);

    @Spec
    private CommandSpec spec;

    @Option(names = "--format")
    private String format;

    @Parameters(index = "0")
    private Path segments;

    @Parameters(index = "1")
    private Path output;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            out.println(record(out));
            return CommandLine.ExitCode.OK;
        } catch (IOException e) {
            out.println("pgofs: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        } finally {
            out.flush();
        }
    }

    private String record(PrintWriter out) throws IOException {
        try (SegmentDirectory directory = SegmentDirectory.acquire(segments);
                CounterStore store = CounterStore.open(
                        directory,
                        BoundsOptions.standard(),
                        new StockSources(new StockElf(), StockElf.reader(), false));
                NewFile file = NewFile.begin(output)) {
            out.println("ready");
            out.flush();
            while (System.in.read() >= 0) {
                // The command runs.
            }
            Profiles profiles = new Profiles();
            List<Image> images = PgoTree.main(store.images());
            ByteBuffer bytes = read(
                    format.equals("profraw")
                            ? new ProfrawFile(store, profiles, PgoTree::main)
                            : new ProfdataFile(store, new IndexedProfiles(profiles), PgoTree::main));
            if (!bytes.hasRemaining()) {
                throw new IOException(
                        "nothing that the command ran has counted: is it instrumented? See pgofs doctor PROGRAM");
            }
            file.write(format.equals("text") ? CollectCommand.text(IndexedReader.read(bytes)) : bytes);
            file.finish();
            return "pgofs: " + output + " has "
                    + images.stream().map(Image::name).collect(Collectors.joining(" "));
        }
    }

    private static ByteBuffer read(FileOperations operations) throws FsException {
        OpenFile file = operations.open(operations.look(), SELF);
        try {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size())).order(ByteOrder.LITTLE_ENDIAN);
            int read = 1;
            while (bytes.hasRemaining() && read > 0) {
                read = file.read(bytes.position(), bytes);
            }
            return bytes.flip();
        } finally {
            file.close();
        }
    }
}
