package org.pgofs.daemon.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pgofs.daemon.profile.ImageProfile;
import org.pgofs.daemon.profile.NewFile;

/**
 * A page that shows profiles.
 *
 * @param shown the profiles, one of each image
 * @param before the one with which the only one that is shown is compared; null if it is not
 * @param growth how the profiles grew, if that was watched
 * @param fleet the machines whose profiles are added up in what is shown; null if it is of one machine
 */
record Page(List<ImageProfile> shown, ImageProfile before, List<Recording.Sample> growth, Fleet fleet) {
    private static final String STYLE = "@@STYLE@@";
    private static final String SCRIPT = "@@SCRIPT@@";
    private static final String DATA = "@@DATA@@";

    /** Writes all of it. */
    void write(NewFile file) throws IOException {
        String page =
                resource("report.html").replace(STYLE, resource("report.css")).replace(SCRIPT, resource("report.js"));
        int begin = page.indexOf(DATA);
        StringWriter data = new StringWriter();
        new PageData(this).write(data);
        write(file, page.substring(0, begin));
        write(file, data.toString());
        write(file, page.substring(begin + DATA.length()));
    }

    private static void write(NewFile file, String text) throws IOException {
        file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
