import { duration, func } from './option.js';
import type { OptionsOf } from './option.js';

/** How long sagas that ended are kept. */
export const retentionTable = {
  /** A saga that COMPLETED is deleted this long after its end, in milliseconds. Without it such sagas stay. */
  completedMs: duration(),
  /** A saga that FAILED is deleted this long after its end, in milliseconds. Without it such sagas stay. */
  failedMs: duration(),
  /**
   * Keeps a copy elsewhere: gets at most 50 sagas with their journals, which are deleted only after it has resolved. It
   * may get the same sagas again.
   */
  onArchive: func<(sagas: readonly never[]) => Promise<void>>(),
};

/** How long sagas that ended are kept. */
export interface SagaRetentionOptions extends OptionsOf<typeof retentionTable> {}
