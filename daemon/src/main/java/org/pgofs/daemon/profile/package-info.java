/** The commands that work with whole profiles: they collect, check and compare them. */
package org.pgofs.daemon.profile;
