package org.pgofs.daemon.profile;

import java.util.Map;
import org.pgofs.daemon.demangle.FunctionName;
import org.pgofs.profdata.read.IndexedContent;

/**
 * The profile of one image, and what is known of it.
 *
 * @param name of the image, or of the file that has the profile
 * @param program the path of the image's file; null if it is not known
 * @param buildId in hexadecimal; empty if it is not known
 * @param processes how many have counted, in words; null if it is not known
 * @param since since when it counts; null if it is not known
 * @param read when it was read; of a file, when it was written
 * @param content the profile
 * @param files of functions, by their names in the profile, as far as they are known from elsewhere than from the name
 */
public record ImageProfile(
        String name,
        String program,
        String buildId,
        String processes,
        String since,
        String read,
        IndexedContent content,
        Map<String, String> files) {
    /**
     * In which file a function is.
     *
     * @param function its name in the profile
     * @return the path as it was given to the compiler; empty if it is not known
     */
    public String file(String function) {
        String own = FunctionName.of(function).file();
        return own.isEmpty() ? files.getOrDefault(function, "") : own;
    }
}
