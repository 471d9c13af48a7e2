import type { BranchesResult } from '../scenarios/branches.js';
import type { LoadSample } from '../scenarios/load-scenario.js';
import type { ModuleStartResult } from '../scenarios/module-start.js';
import type { InFlightResult } from '../scenarios/sagas-in-flight.js';
import type { QueueResult } from '../scenarios/queue.js';
import type { WakeUpResult } from '../scenarios/wake-up.js';
import type { SoakResult } from '../scenarios/soak.js';
import type { Machine } from './machine.js';

/** All results of one run, which is the content of a results file. */
export interface BenchResults {
  readonly command: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly server: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  /** The median time of many writes of one page with an `fdatasync`, before the run. */
  readonly flushMs: number;
  /** All measured windows, in the order in which they were measured. */
  readonly load: readonly LoadSample[];
  readonly soaks: readonly SoakResult[];
  readonly finishedSagas: number | null;
  readonly moduleStart: ModuleStartResult | null;
  readonly inFlight: InFlightResult | null;
  readonly queue: QueueResult | null;
  /** Absent in results of earlier runs. */
  readonly wakeUps?: readonly WakeUpResult[] | null;
  /** Absent in results of earlier runs. */
  readonly branches?: BranchesResult | null;
}
