/**
 * The binary layouts that targets and daemon share, with the checks of their headers; {@code pgofs_format.h} is the other side.
 * No input or output.
 */
package org.pgofs.counters.format;
