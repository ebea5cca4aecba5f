/** What commands know of a mount: which one is meant, and what its daemon tells. */
package org.pgofs.daemon.client;
