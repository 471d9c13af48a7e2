/** The order has an item that is not in the catalogue. */
export class UnknownItemError extends Error {
  override readonly name = 'UnknownItemError';
  readonly code = 'UNKNOWN_ITEM';

  constructor(readonly item: string) {
    super(`There is no item "${item}".`);
  }
}
