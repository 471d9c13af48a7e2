/**
 * How many bytes of values one read gives, whoever asks for however much. As the storage keeps them: a database may have
 * compressed them. A single entry that is larger is given all the same.
 */
export const maximumBytesRead = 4_000_000;
