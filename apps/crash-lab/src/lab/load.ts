import { randomUUID } from 'node:crypto';
import type { Acknowledgement } from '@nest-saga/testing';
import { isTrouble } from './lab-child.js';
import type { LabChild } from './lab-child.js';
import type { NamedPlan } from './lab-messages.js';
import { scenarios } from './scenarios.js';
import { pause } from './wait.js';

/** The engine of a worker process. */
export const workerEngine = 'worker';

/** What is started under faults: every kind of end, and nothing that only time decides about. */
export const loadPlans: readonly NamedPlan[] = scenarios
  .filter(({ name, orphanedAt, leavesAt }) => name !== 'the third step hangs' && !orphanedAt && !leavesAt)
  .map(({ name, plan }) => ({
    name: name.replaceAll(/\W+/g, '-'),
    plan: { ...plan, maximumRecoveryAttempts: 100 },
  }));

/** A saga that was asked for. */
export interface LoadedRequest {
  readonly sagaId: string;
  readonly saga: NamedPlan;
}

/** Clients that start sagas one after the other, each until it has an answer, whatever happens to the processes. */
export class Load {
  readonly acknowledgements: Acknowledgement[] = [];
  readonly requests: LoadedRequest[] = [];
  /** Errors that say something else than that the storage or a process is in trouble. */
  readonly surprises: string[] = [];
  private isStopped = false;
  private readonly clients: readonly Promise<void>[];

  /**
   * @param workers The processes that are alive at the moment.
   * @param count How many clients there are.
   * @param pauseMs Between an answer and the next start.
   */
  constructor(
    private readonly workers: () => readonly LabChild[],
    count: number,
    private readonly pauseMs: number,
  ) {
    this.clients = Array.from({ length: count }, (_, index) => this.run(index));
  }

  /** No further starts; resolves once each client has its last answer. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.clients);
  }

  private async run(index: number): Promise<void> {
    for (let turn = index; !this.isStopped; turn++) {
      const saga = loadPlans[turn % loadPlans.length];
      if (saga === undefined) return;
      const request = { sagaId: randomUUID(), saga };
      this.requests.push(request);
      await this.insist(request, turn % 3 === 0);
      await pause(this.pauseMs);
    }
  }

  private async insist({ sagaId, saga }: LoadedRequest, isQueued: boolean): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const workers = this.workers();
      const worker = workers[(attempt + sagaId.charCodeAt(0)) % Math.max(1, workers.length)];
      try {
        if (worker !== undefined) {
          await worker.ask('start', workerEngine, saga.name, sagaId, isQueued);
          this.acknowledgements.push({ kind: 'start', sagaId });
          return;
        }
      } catch (error) {
        if (!isTrouble(error)) this.surprises.push(`a start was answered with ${String(error)}`);
      }
      await pause(50);
    }
  }
}
