/**
 * The base class of all errors of this library. Match on `code`, never on the message: messages are for people and may
 * change, codes are part of the contract.
 */
export abstract class SagaError extends Error {
  /** A literal that identifies the kind of error, for example `SAGA_CONFLICT`. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
