package org.pgofs.counters.process;

import org.pgofs.counters.counts.SampledMember.Sample;
import org.pgofs.counters.image.LoadedImage;

/**
 * A profile that the compiler's own runtime wrote for one image of a process, as the store takes it in.
 *
 * @param image whose profile it is
 * @param sample what the process had counted since its start
 */
public record WrittenProfile(LoadedImage image, Sample sample) {}
