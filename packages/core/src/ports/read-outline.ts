import { SagaStorageError } from '../errors/saga-storage-error.js';
import type { SagaOutline, SagaStorage } from './saga-storage.js';

/**
 * The outline of one saga with its whole journal, or undefined if there is no such saga.
 *
 * @throws SagaStorageError also if an entry cannot be read, for example because a newer release wrote it.
 */
export async function readOutline(
  storage: Pick<SagaStorage, 'readOutlines' | 'load'>,
  sagaId: string,
): Promise<SagaOutline | undefined> {
  const [outline] = await storage.readOutlines([sagaId]);
  if (outline?.isWhole !== false) return outline;
  // The load says which entry it is, and why.
  await storage.load(sagaId, outline.entries.at(-1)?.seq);
  const cause = new TypeError('The journal has an entry that this process cannot read.');
  throw new SagaStorageError('readOutlines', 'refused', { cause });
}
