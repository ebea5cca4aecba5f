/** The command {@code pgofs fleet}. */
package org.pgofs.fleet;
