import type { SagaStorage } from './saga-storage.js';

/** Whether this process receives the hints of others; undefined if the storage has none or does not report it. */
export function isListening(storage: SagaStorage): boolean | undefined {
  if (!('isListening' in storage)) return undefined;
  return typeof storage.isListening === 'boolean' ? storage.isListening : undefined;
}
