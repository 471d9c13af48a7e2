/** The source of ids and random numbers. */
export interface IdGenerator {
  /** A new UUID in lower case. Version 7 (RFC 9562) keeps the journal's index local. */
  nextId(): string;
  /** A number from 0 (included) to 1 (excluded), for jitter. */
  random(): number;
}
