import { InterceptedStorage } from './intercepted-storage.js';
import type { StorageMethod } from './intercepted-storage.js';

/** A storage without hints, like one that connects through a connection pooler. */
export class SilentStorage extends InterceptedStorage {
  override onHint(): () => void {
    return () => undefined;
  }

  protected around<Answer>(_method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    return call();
  }
}
