/** Serialization failure, deadlock, lock timeout: the transaction was rolled back because of another one. */
const retryableStates: ReadonlySet<unknown> = new Set(['40001', '40P01', '55P03']);

/** Whether an error of the driver, or TypeORM's error around it, says that the same transaction may succeed later. */
export function isRetryable(error: unknown): boolean {
  return (
    retryableStates.has(property(error, 'code')) ||
    retryableStates.has(property(property(error, 'driverError'), 'code'))
  );
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
