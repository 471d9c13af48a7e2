/**
 * The base of every error this library throws. Match on `code`, never on the message: messages are for people
 * and may be reworded, codes are part of the contract.
 */
export abstract class SagaError extends Error {
  /** A literal that names the kind of error, for example `SAGA_CONFLICT`. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
