/** Reads indexed profiles, and says what is in one and how much two are alike. It does not know how one is written. */
package org.pgofs.profdata.read;
