/** The counters of a mount and nothing else, for who reads them again and again. */
package org.pgofs.daemon.live;
