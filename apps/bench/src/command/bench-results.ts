import type { LoadSample } from '../scenarios/load-scenario.js';
import type { ModuleStartResult } from '../scenarios/module-start.js';
import type { ParkedResult } from '../scenarios/parked-sagas.js';
import type { QueueResult } from '../scenarios/queue.js';
import type { SoakResult } from '../scenarios/soak.js';
import type { Machine } from './machine.js';

/** Everything that one run found out; this is what a results file holds. */
export interface BenchResults {
  readonly command: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly server: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  /** The median of many writes of one page with an `fdatasync`, before the run. */
  readonly flushMs: number;
  /** Every measured window, in the order of measuring. */
  readonly load: readonly LoadSample[];
  readonly soaks: readonly SoakResult[];
  readonly finishedSagas: number | null;
  readonly moduleStart: ModuleStartResult | null;
  readonly parked: ParkedResult | null;
  readonly queue: QueueResult | null;
}
