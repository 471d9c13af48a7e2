import { openContestant } from '../contestants/open-contestant.js';
import type { LoadMeasurement } from '../measure/load-measurement.js';
import { measureLoad } from '../measure/measure-load.js';
import { ServerCounterReader } from '../measure/server-counters.js';
import type { LoadTask } from './task.js';

/** Opens a contestant and measures it. */
export async function runLoad(task: LoadTask): Promise<LoadMeasurement> {
  const contestant = await openContestant(task.contestant, task);
  if (task.serverPid === undefined) return await measureLoad(contestant, task.window, undefined);
  const counters = await ServerCounterReader.open(task.databaseUrl);
  const measurement = await measureLoad(contestant, task.window, { pid: task.serverPid, counters });
  await counters.close();
  await contestant.close();
  return measurement;
}
