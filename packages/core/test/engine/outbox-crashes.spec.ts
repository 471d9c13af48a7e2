import { describe, expect, it } from '@jest/globals';
import { crashRun } from './outbox-crashes.js';
import type { CrashPoint, CrashRun, Mistake } from './outbox-crashes.js';

/** Kills the process at each of its calls: of the outbox, of the journal, and of the broker. */
async function everyCrash(mistake?: Mistake): Promise<readonly (readonly [CrashPoint, CrashRun])[]> {
  const { calls } = await crashRun(undefined, mistake);
  const runs: (readonly [CrashPoint, CrashRun])[] = [];
  for (let call = 1; call <= calls; call++) {
    for (const part of ['before', 'after'] as const) {
      const point = { call, part };
      runs.push([point, await crashRun(point, mistake)]);
    }
  }
  return runs;
}

const faultsOf = (runs: readonly (readonly [CrashPoint, CrashRun])[]): ReadonlySet<string> =>
  new Set(runs.flatMap(([, { faults }]) => faults));

describe('a process that is killed at any of its calls', () => {
  it('loses no message and no end, and keeps the order of each saga; repeated messages have the same id', async () => {
    expect(await crashRun(undefined)).toMatchObject({ faults: [], repeated: 0 });
    const runs = await everyCrash();
    expect(runs.length).toBeGreaterThan(20);
    expect(runs.filter(([, { faults }]) => faults.length > 0)).toEqual([]);
    expect(runs.some(([, { repeated }]) => repeated > 0)).toBe(true);
  });

  it('loses a message if its pointer is deleted before the acknowledgement', async () => {
    expect(await crashRun(undefined, 'pointer deleted before the ack')).toMatchObject({ faults: [] });
    expect(faultsOf(await everyCrash('pointer deleted before the ack'))).toContain('message-lost');
  });

  it('loses an end if only the process that runs the saga notifies the handler', async () => {
    expect(await crashRun(undefined, 'only the runner notifies')).toMatchObject({ faults: [] });
    expect(faultsOf(await everyCrash('only the runner notifies'))).toContain('end-not-handled');
  });
});
