/**
 * What outlives the daemon: the manifest, and the files that it makes true.
 */
package org.pgofs.counters.state;
