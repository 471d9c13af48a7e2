import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabChild, ProcessDiedError } from '../src/lab/lab-child.js';
import type { KillPlan } from '../src/lab/kill-switch.js';

/** A program that ends in the requested way. */
const program = `
  process.on('message', ({ method }) => {
    if (method === 'places') Promise.reject(new Error('nobody handles this'));
    if (method === 'troubles') process.exit(0);
    if (method === 'describe') process.kill(process.pid, 'SIGKILL');
  });
  process.on('disconnect', () => process.exit());
  process.send({ kind: 'ready' });
`;

describe('the end of a lab process', () => {
  let directory = '';
  let file = '';

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nest-saga-lab-child-'));
    file = join(directory, 'program.mjs');
    await writeFile(file, program);
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function start(kill?: KillPlan): Promise<LabChild> {
    const settings = { name: 'the process', databaseUrl: '', worldUrl: '' };
    const child = new LabChild(file, kill === undefined ? settings : { ...settings, kill });
    await child.ready;
    return child;
  }

  const plan: KillPlan = { place: 'anywhere', occurrence: 1 };

  it('is unplanned after an unhandled rejection, whether it was to die or not, and says why', async () => {
    for (const kill of [undefined, plan]) {
      const child = await start(kill);
      await expect(child.ask('places')).rejects.toThrow(ProcessDiedError);
      await child.exited;
      expect(child.unplannedEnd).toMatch(
        /^the process ended with code 1, and was not killed:[^]*nobody handles this/,
      );
      expect(child.hasKilledItself).toBe(false);
    }
  });

  it('is unplanned if the process just ended', async () => {
    const child = await start();
    await expect(child.ask('troubles')).rejects.toThrow(ProcessDiedError);
    expect(child.unplannedEnd).toMatch(/ended with code 0/);
  });

  it('is unplanned if another process killed it', async () => {
    const child = await start();
    await expect(child.ask('describe')).rejects.toThrow(ProcessDiedError);
    expect(child.unplannedEnd).toMatch(/ended by SIGKILL, and was not killed/);
  });

  it('is planned if it killed itself as its plan says', async () => {
    const child = await start(plan);
    await expect(child.ask('describe')).rejects.toThrow(ProcessDiedError);
    expect([child.unplannedEnd, child.hasKilledItself]).toEqual([undefined, true]);
  });

  it('is planned if the laboratory killed it, and does not count as its own', async () => {
    for (const kill of [undefined, plan]) {
      const child = await start(kill);
      expect(child.isAlive).toBe(true);
      await child.kill();
      expect([child.isAlive, child.unplannedEnd, child.hasKilledItself]).toEqual([false, undefined, false]);
    }
  });
});
