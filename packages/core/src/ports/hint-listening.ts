import type { SagaStorage } from './saga-storage.js';

/** Whether this process hears the hints of others; undefined where the storage gives none or does not say. */
export function isListening(storage: SagaStorage): boolean | undefined {
  if (!('isListening' in storage)) return undefined;
  return typeof storage.isListening === 'boolean' ? storage.isListening : undefined;
}
