/**
 * The state that outlives the daemon: the manifest, and the files that it makes valid.
 */
package org.pgofs.counters.state;
