/**
 * The maximum size of the values of one read in bytes, whatever was requested. Sizes are those in the storage: a
 * database may have compressed the values. A single larger entry is still read.
 */
export const maximumBytesRead = 4_000_000;
