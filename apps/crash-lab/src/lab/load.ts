import { randomUUID } from 'node:crypto';
import type { Acknowledgement, WatcherRecord } from '@nest-saga/testing';
import { isTrouble, LabAnswerError } from './lab-child.js';
import type { LabChild } from './lab-child.js';
import type { LabStart, NamedPlan } from './lab-messages.js';
import { scenarios } from './scenarios.js';
import { pause } from './wait.js';
import { WatchingClient } from './watching-client.js';

/** The name of the engine in a worker process. */
export const workerEngine = 'worker';

const cancelled = 'cancel';

/** The sagas that are started under faults: every kind of end, but none that depends on time or on a message. */
export const loadPlans: readonly NamedPlan[] = scenarios
  // A call that hangs never ends, and the judge waits for the end of every call.
  .filter(
    ({ orphanedAt, leavesAt, plan }) => !orphanedAt && !leavesAt && !JSON.stringify(plan).includes('"hang"'),
  )
  .filter(({ isSignalled, decision, plan }) => !isSignalled && !decision && plan.deadlineMs === undefined)
  .map(({ name, plan }) => ({ name: name.replaceAll(/\W+/g, '-'), plan }));

/** The answers that clients got, without errors that are problems of a process or its storage. */
export interface LoadCounts {
  readonly starts: number;
  readonly keyed: number;
  readonly twice: number;
  readonly cancels: number;
  readonly watches: number;
  /** Watchers that continued in another process, or in the same one after a problem. */
  readonly returns: number;
}

/**
 * Clients that start sagas one after the other, by id or by key, alone or two at the same time, and repeat each start
 * until it is answered, whatever happens to the processes. Some cancel their sagas, and some watch them until the end.
 */
export class Load {
  readonly acknowledgements: Acknowledgement[] = [];
  /** Errors that are not a problem of the storage or of a process. */
  readonly surprises: string[] = [];
  private readonly watching: WatchingClient[] = [];
  private readonly watches: Promise<void>[] = [];
  private readonly fixed = new Set<string>();
  private twice = 0;
  private isStopped = false;
  private readonly clients: readonly Promise<void>[];

  /**
   * @param workers The processes that are alive at the moment.
   * @param count The number of clients.
   * @param pauseMs The pause between an answer and the next start, in milliseconds.
   */
  constructor(
    private readonly workers: () => readonly LabChild[],
    count: number,
    private readonly pauseMs: number,
  ) {
    this.clients = Array.from({ length: count }, (_, index) => this.run(index));
  }

  get counts(): LoadCounts {
    const starts = this.acknowledgements.filter(({ kind }) => kind === 'start');
    const keyed = starts.filter((start) => start.kind === 'start' && start.key !== undefined);
    return {
      starts: starts.length,
      keyed: keyed.length,
      twice: this.twice,
      cancels: this.acknowledgements.filter(({ kind }) => kind === 'cancel').length,
      watches: this.watches.length,
      returns: this.watching.length - this.watches.length,
    };
  }

  get watchers(): readonly WatcherRecord[] {
    return this.watching.map(({ record }) => record);
  }

  /** Ends the starts; resolves when each client has its last answer. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.clients);
  }

  /** A stuck saga was fixed: its watchers return. */
  goOn(sagaId: string): void {
    this.fixed.add(sagaId);
  }

  /** Resolves when all watchers have seen an end. */
  async watched(): Promise<void> {
    await Promise.all(this.watches);
  }

  private async run(index: number): Promise<void> {
    for (let turn = index; !this.isStopped; turn++) {
      const plan = loadPlans[turn % loadPlans.length];
      if (plan === undefined) return;
      const name = randomUUID();
      const request = {
        saga: plan.name,
        isQueued: turn % 3 === 0,
        ...(turn % 4 === 1 ? { key: name } : { sagaId: name }),
      };
      const callers = turn % 5 === 2 ? 2 : 1;
      if (callers === 2) this.twice++;
      const answers = Array.from({ length: callers }, (_, caller) => this.start(request, caller));
      const [sagaId = ''] = await Promise.all(answers);
      if (turn % 2 === 0) this.watches.push(this.watch(sagaId));
      if (plan.name === cancelled) await this.cancel(sagaId);
      await pause(this.pauseMs);
    }
  }

  private async start(request: LabStart, caller: number): Promise<string> {
    const sagaId = await this.insist('a start', caller, (worker) =>
      worker.ask('start', workerEngine, request),
    );
    const { key } = request;
    this.acknowledgements.push({ kind: 'start', sagaId, ...(key === undefined ? {} : { key }) });
    return sagaId;
  }

  private async cancel(sagaId: string): Promise<void> {
    const isTaken = await this.insist('a cancel', 0, async (worker) => {
      try {
        await worker.ask('cancel', workerEngine, sagaId);
        return true;
      } catch (error) {
        // It had ended already.
        if (error instanceof LabAnswerError && error.errorName === 'SagaStatusError') return false;
        throw error;
      }
    });
    if (isTaken) this.acknowledgements.push({ kind: 'cancel', sagaId });
  }

  /** Watches a saga until its end. A watcher that is cut off returns, after the last result that it got. */
  private async watch(sagaId: string): Promise<void> {
    for (let fromSeq = 0; ;) {
      const watcher = await this.insist('a watch', 0, async (worker) => {
        const begun = new WatchingClient(worker, workerEngine, sagaId, fromSeq);
        await begun.begin();
        this.watching.push(begun);
        return begun;
      });
      const status = await watcher.overOrCutOff().catch((error: unknown) => this.trouble('a watch', error));
      if (status === 'completed' || status === 'failed') return;
      fromSeq = watcher.lastSeq;
      if (status === 'stuck') await this.untilFixed(sagaId);
      await pause(100);
    }
  }

  private async untilFixed(sagaId: string): Promise<void> {
    while (!this.fixed.has(sagaId)) await pause(100);
  }

  /** Asks one process after the other until one answers. */
  private async insist<Answer>(
    what: string,
    first: number,
    ask: (worker: LabChild) => Promise<Answer>,
  ): Promise<Answer> {
    for (let attempt = first + Math.floor(Math.random() * 8); ; attempt++) {
      const workers = this.workers();
      const worker = workers[attempt % Math.max(1, workers.length)];
      try {
        if (worker !== undefined) return await ask(worker);
      } catch (error) {
        this.trouble(what, error);
      }
      // A question with an unexpected answer now would be answered in that way forever.
      if (this.isStopped && this.surprises.length > 0) throw new Error(this.surprises.join('\n'));
      await pause(50);
    }
  }

  private trouble(what: string, error: unknown): undefined {
    if (!isTrouble(error)) this.surprises.push(`${what} was answered with ${String(error)}`);
    return undefined;
  }
}
