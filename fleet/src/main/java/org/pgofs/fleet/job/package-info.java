/** Makes results of the pieces in a store: finds and reads them, leaves out what is bad, and writes profile and manifest. */
package org.pgofs.fleet.job;
