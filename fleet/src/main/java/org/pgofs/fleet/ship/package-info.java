/** Sends what a mount counts to a store, each count once. docs/fleet.md has the steps, and what a crash at each of them leaves. */
package org.pgofs.fleet.ship;
