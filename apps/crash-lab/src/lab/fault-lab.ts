import type { JournalEntry, LoadedSaga } from '@nest-saga/core';
import pg from 'pg';
import { isReset } from './faults.js';
import type { Fault } from './faults.js';
import { judgeLab } from './judge-lab.js';
import { LabAnswerError } from './lab-child.js';
import type { LabChild } from './lab-child.js';
import { Laboratory } from './laboratory.js';
import { Load, loadPlans, workerEngine } from './load.js';
import type { LoadCounts } from './load.js';
import { Onlooker } from './onlooker.js';
import { SufferingServer } from './suffering-server.js';
import { TcpProxy } from './tcp-proxy.js';
import { until, within } from './wait.js';

/** The longest time after the last fault until everything has ended, in milliseconds. */
const recoveryLimitMs = 60_000;

/** The result of a run under faults. */
export interface FaultReport {
  readonly sagas: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** The problems that the living workers noticed, by kind. */
  readonly troubles: Readonly<Record<string, number>>;
  /** How often a worker claimed a saga that another worker had not released. */
  readonly rescues: number;
  readonly counts: LoadCounts;
  readonly problems: readonly string[];
}

interface Findings {
  readonly sagas: readonly LoadedSaga[];
  readonly snapshots: readonly LoadedSaga[];
  readonly load: Load;
  readonly retried: readonly string[];
}

/** Workers on a server with faults, and clients that keep starting sagas. */
export class FaultLab {
  private readonly workers: LabChild[] = [];
  private readonly onlooker: Onlooker;
  private load: Load | undefined;
  private workerCount = 0;

  private constructor(
    private readonly server: SufferingServer,
    private readonly proxy: TcpProxy,
    private readonly laboratory: Laboratory,
  ) {
    this.onlooker = new Onlooker(laboratory);
  }

  /** @param worldServerUrl A server without faults, for the outside world. */
  static async open(worldServerUrl: string): Promise<FaultLab> {
    const server = await SufferingServer.start();
    const proxy = await TcpProxy.open({ host: '127.0.0.1', port: server.port });
    const laboratory = await Laboratory.open(server.url, worldServerUrl);
    return new FaultLab(server, proxy, laboratory);
  }

  get started(): number {
    return this.load?.counts.starts ?? 0;
  }

  /**
   * Starts the workers and the load.
   *
   * @param clockSkewsMs The error of each worker's wall clock, in milliseconds: one worker for each.
   */
  async begin(clockSkewsMs: readonly number[], clients: number, pauseMs: number): Promise<void> {
    await Promise.all(clockSkewsMs.map((clockSkewMs) => this.addWorker(clockSkewMs)));
    this.load = new Load(() => this.workers.filter(({ isAlive }) => isAlive), clients, pauseMs);
    this.onlooker.begin();
    await this.goesOn();
  }

  /** Resolves when this number of further sagas has been started, so that the load works again. */
  async goesOn(sagas = 10): Promise<void> {
    const goal = this.started + sagas;
    await until(recoveryLimitMs, `${sagas} further starts`, () => this.started >= goal);
  }

  /** Adds a worker, as a supervisor replaces one that died. */
  async addWorker(clockSkewMs = 0): Promise<void> {
    const worker = this.laboratory.start({
      name: `worker ${++this.workerCount}`,
      databaseUrl: this.proxy.urlOf(this.laboratory.databaseUrl),
      clockSkewMs,
    });
    try {
      await worker.ready;
      await worker.ask('open', workerEngine, { sagas: loadPlans, worker: true });
    } catch (error) {
      await worker.kill();
      throw error;
    }
    this.workers.push(worker);
  }

  /** Inflicts one fault under load. */
  async suffer(fault: Fault): Promise<void> {
    const { server, proxy, laboratory } = this;
    const workers = this.workers.filter(({ isAlive }) => isAlive);
    await fault.inflict({
      server,
      proxy,
      workers,
      databaseUrl: laboratory.databaseUrl,
      ownedBy: (process) => laboratory.ownedBy(process),
      haveChangedHands: (sagaIds, process) => laboratory.haveChangedHands(sagaIds, process),
    });
  }

  /** Starts a worker for each one that died. If one cannot be started now, the next call tries again. */
  async replaceTheDead(count: number): Promise<void> {
    const alive = this.workers.filter(({ isAlive }) => isAlive).length;
    const missing = Array.from({ length: count - alive }, () => this.addWorker());
    await Promise.allSettled(missing);
  }

  /** Removes the traces of a fault that was interrupted. */
  async heal(): Promise<void> {
    this.proxy.heal();
    for (const worker of this.workers) worker.signal('SIGCONT');
    const { databaseUrl } = this.laboratory;
    await until(recoveryLimitMs, 'a database that heals', () => isReset(databaseUrl));
  }

  /** Ends the load, waits until all sagas rest, and judges them. */
  async finish(): Promise<FaultReport> {
    const load = this.load ?? new Load(() => [], 0, 0);
    await load.stop();
    const retried = await this.settle(load);
    const snapshots = [...(await this.onlooker.end()), ...(await this.laboratory.readSagas())];
    await within(recoveryLimitMs, load.watched(), 'an end of everything that is watched');
    await until(recoveryLimitMs, 'workers at rest', () => this.isAtRest());
    const sagas = await this.laboratory.readSagas();
    const problems = [
      ...this.laboratory.unplannedEnds,
      ...load.surprises,
      ...(await this.judge({ sagas, snapshots, load, retried })),
    ];
    const statuses: Record<string, number> = {};
    for (const { header } of sagas) statuses[header.status] = (statuses[header.status] ?? 0) + 1;
    return {
      sagas: sagas.length,
      statuses,
      troubles: await this.readTroubles(),
      rescues: sagas.reduce((sum, { entries }) => sum + countRescues(entries), 0),
      counts: load.counts,
      problems,
    };
  }

  async close(): Promise<void> {
    await this.laboratory.close();
    await this.proxy.close();
    await this.server.stop();
  }

  private async readTroubles(): Promise<Readonly<Record<string, number>>> {
    const all: Record<string, number> = {};
    for (const worker of this.workers.filter(({ isAlive }) => isAlive)) {
      for (const [kind, count] of Object.entries(await worker.ask('troubles')))
        all[kind] = (all[kind] ?? 0) + count;
    }
    return all;
  }

  /** Waits until no saga is open, and fixes stuck sagas as an operator. Resolves with the sagas that were retried. */
  private async settle(load: Load): Promise<readonly string[]> {
    const retried = new Set<string>();
    const isOver = async (): Promise<boolean> => {
      const rows = await this.readOpen();
      if (rows === undefined) return false;
      for (const { id, status } of rows) if (status === 'stuck') await this.fix(id, retried, load);
      return rows.length === 0;
    };
    await until(recoveryLimitMs, 'an end of every saga', isOver).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await this.describeOpen()}`, { cause: error });
    });
    return [...retried];
  }

  private async readOpen(): Promise<readonly { readonly id: string; readonly status: string }[] | undefined> {
    const client = new pg.Client({ connectionString: this.laboratory.databaseUrl });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ id: string; status: string }>(
        `SELECT id::text, status::text FROM saga.saga_execution WHERE status::text NOT IN ('completed', 'failed')`,
      );
      return rows;
    } catch {
      return undefined;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** The sagas that do not end, with the workers, for the person who has to find the reason. */
  private async describeOpen(): Promise<string> {
    const sagas = await this.laboratory.readSagas();
    const open = sagas.filter(({ header: { status } }) => status !== 'completed' && status !== 'failed');
    const lines = open.map(({ header, entries }) => {
      const { sagaId, status, owner, nextRunAt } = header;
      const journal = entries.map(({ kind, worker }) => `${kind} by ${worker}`).join(', ');
      return `${sagaId} ${status}, owner ${owner}, next run ${nextRunAt?.toISOString()}: ${journal}`;
    });
    const alive = this.workers.filter((worker) => worker.isAlive);
    const workers = await Promise.all(
      alive.map(async (worker) => `${worker.settings.name}: ${JSON.stringify(await worker.ask('describe'))}`),
    );
    return [...lines, ...workers].join('\n');
  }

  private async fix(sagaId: string, retried: Set<string>, load: Load): Promise<void> {
    if (!retried.has(sagaId)) await this.laboratory.world.fix(sagaId);
    retried.add(sagaId);
    load.goOn(sagaId);
    const worker = this.workers.find(({ isAlive }) => isAlive);
    await worker?.ask('retry', workerEngine, sagaId).catch((error: unknown) => {
      // It is not stuck any more, or the storage has a problem: the next round looks at it again.
      if (!(error instanceof LabAnswerError)) throw error;
    });
  }

  /** A process that wakes up late can do harm as long as one of its calls is under way. */
  private async isAtRest(): Promise<boolean> {
    const alive = this.workers.filter(({ isAlive }) => isAlive);
    const underway = await Promise.all(alive.map((worker) => worker.ask('underway')));
    return underway.every((count) => count === 0);
  }

  private async judge({ sagas, snapshots, load, retried }: Findings): Promise<readonly string[]> {
    const plans = new Map(loadPlans.map(({ name, plan }) => [name, plan]));
    const acknowledgements = [
      ...load.acknowledgements,
      ...retried.map((sagaId) => ({ kind: 'retry', sagaId }) as const),
    ];
    const records = { acknowledgements, watchers: load.watchers, snapshots };
    const problems = await judgeLab(this.laboratory.world, sagas, records, ({ header }) =>
      plans.get(header.saga),
    );
    return problems.map(({ saga, sagaId, problem }) => `${saga} ${sagaId}: ${problem}`);
  }
}

function countRescues(entries: readonly JournalEntry[]): number {
  const isTakeover = (entry: JournalEntry, index: number): boolean =>
    entry.kind === 'claimed' && entry.from !== 'pending' && entries[index - 1]?.kind !== 'released';
  return entries.filter(isTakeover).length;
}
