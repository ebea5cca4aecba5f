package org.pgofs.daemon.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.pgofs.daemon.profile.ImageProfile;
import org.pgofs.daemon.profile.NewFile;

/**
 * The machines whose profiles were added up, for a page.
 *
 * @param windows over which they were added up, in the order in which they end; the one that is shown among them
 * @param hosts what each machine brought to the one that is shown
 * @param leftOut what is not in it, and why
 */
public record Fleet(List<Window> windows, List<Host> hosts, List<LeftOut> leftOut) {
    /**
     * A sum of some hours.
     *
     * @param since when they begin
     * @param until when they end
     * @param pieces how many were added up
     * @param hosts of how many machines
     * @param total the sum of all counters
     * @param functions how many there are
     * @param ran how many of them ran
     * @param overlap how much it is like the one before, 0 to 1; null if that is not known
     * @param isShown whether the page shows its profile
     */
    public record Window(
            String since,
            String until,
            long pieces,
            long hosts,
            long total,
            long functions,
            long ran,
            Double overlap,
            boolean isShown) {}

    /**
     * A machine.
     *
     * @param name what it is called
     * @param pieces how many it brought
     * @param total the sum of their counters
     * @param overlap how much of it the others have too, 0 to 1; null if that is not known
     * @param words what is special about it, empty if nothing is
     */
    public record Host(String name, long pieces, long total, Double overlap, String words) {}

    /**
     * Something that was not added.
     *
     * @param object its name
     * @param reason why
     */
    public record LeftOut(String object, String reason) {}

    /** As the script reads it. */
    void write(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("fleet");
        json.writeArrayFieldStart("windows");
        for (Window window : windows) {
            json.writeStartArray();
            json.writeString(window.since);
            json.writeString(window.until);
            for (long number : new long[] {window.pieces, window.hosts, window.total, window.functions, window.ran}) {
                ScriptJson.writeNumber(json, number);
            }
            write(json, window.overlap);
            json.writeBoolean(window.isShown);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("hosts");
        for (Host host : hosts) {
            json.writeStartArray();
            json.writeString(host.name);
            ScriptJson.writeNumber(json, host.pieces);
            ScriptJson.writeNumber(json, host.total);
            write(json, host.overlap);
            json.writeString(host.words);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("left_out");
        for (LeftOut one : leftOut) {
            json.writeStartArray();
            json.writeString(one.object);
            json.writeString(one.reason);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Double share) throws IOException {
        if (share == null) {
            json.writeNull();
        } else {
            json.writeNumber(share);
        }
    }

    /**
     * Writes a page of the profile and its machines.
     *
     * @param profile that is shown
     * @param file where to; it is complete, and not finished
     * @throws IOException if it cannot be written
     */
    public void write(ImageProfile profile, NewFile file) throws IOException {
        new Page(List.of(profile), null, List.of(), this).write(file);
    }
}
