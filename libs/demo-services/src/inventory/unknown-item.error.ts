/** The order names an item that is not sold here. */
export class UnknownItemError extends Error {
  override readonly name = 'UnknownItemError';
  readonly code = 'UNKNOWN_ITEM';

  constructor(readonly item: string) {
    super(`There is no item "${item}".`);
  }
}
