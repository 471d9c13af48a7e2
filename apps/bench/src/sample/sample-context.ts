/** The order that the benchmarks pass from step to step. */
export class SampleContext {
  readonly orderId = 'order-0001';
  readonly customer = 'customer-4711';
  readonly lines = [
    { sku: 'tea-assam-250', quantity: 2 },
    { sku: 'cup-white', quantity: 4 },
  ];
  done = 0;

  constructor(readonly note: string) {}
}

/** Makes orders with this length as JSON, at least 150 bytes. */
export function contextMaker(bytes: number): () => SampleContext {
  const empty = JSON.stringify(new SampleContext('')).length;
  const note = 'n'.repeat(Math.max(0, bytes - empty));
  return () => new SampleContext(note);
}
