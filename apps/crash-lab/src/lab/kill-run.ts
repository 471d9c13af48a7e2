import { randomUUID } from 'node:crypto';
import type { LoadedSaga } from '@nest-saga/core';
import type { Acknowledgement, WatcherRecord } from '@nest-saga/testing';
import type { KillPlan } from './kill-switch.js';
import { isTrouble, LabAnswerError, ProcessDiedError } from './lab-child.js';
import type { LabChild } from './lab-child.js';
import type { Laboratory, Rescuers } from './laboratory.js';
import type { NamedPlan } from './lab-messages.js';
import { waitBeforeCharge } from './scenarios.js';
import type { Scenario } from './scenarios.js';
import { until, within } from './wait.js';
import { WatchingClient } from './watching-client.js';

/** The result of one run, in addition to the content of the databases. */
export interface KillRun {
  readonly scenario: Scenario;
  readonly sagaId: string;
  readonly kill: KillPlan | undefined;
  /** Whether the process reached the place at which it was to die. */
  readonly isKilled: boolean;
  /** How often the process reached each place; only known if it was not killed. */
  readonly places: Readonly<Record<string, number>>;
  readonly acknowledgements: readonly Acknowledgement[];
  readonly watchers: readonly WatcherRecord[];
  /** The saga as it was read right after the death, and at its end. */
  readonly snapshots: readonly LoadedSaga[];
}

const deadlineMs = 60_000;
const victimEngine = 'victim';
/** The answers to a cancel that came too late. */
const refusals: ReadonlySet<string> = new Set(['SagaStatusError', 'SagaPastPivotError']);

/**
 * Runs one saga of a scenario in a process that dies at one place, and two others that finish it. The clients use a
 * third engine, which runs no sagas.
 */
export function runWithKill(
  laboratory: Laboratory,
  rescuers: Rescuers,
  scenario: Scenario,
  kill: KillPlan | undefined,
): Promise<KillRun> {
  return new RunUnderway(laboratory, rescuers, scenario, kill).run();
}

class RunUnderway {
  private readonly sagaId = randomUUID();
  private readonly saga: NamedPlan;
  private readonly acknowledgements: Acknowledgement[] = [];
  private readonly watchers: WatchingClient[] = [];
  private readonly snapshots: LoadedSaga[] = [];
  private readonly client: LabChild;
  private readonly clientEngine: string;
  private readonly rescueEngine: string;
  private readonly victim: LabChild;
  private isOver = false;

  constructor(
    private readonly laboratory: Laboratory,
    private readonly rescuers: Rescuers,
    private readonly scenario: Scenario,
    private readonly kill: KillPlan | undefined,
  ) {
    const { sagaId } = this;
    this.saga = { name: `saga-${sagaId}`, plan: scenario.plan };
    [this.client] = rescuers;
    this.clientEngine = `client of ${sagaId}`;
    this.rescueEngine = `rescue of ${sagaId}`;
    const name = `victim of ${sagaId}`;
    this.victim = laboratory.start(kill === undefined ? { name } : { name, kill });
  }

  async run(): Promise<KillRun> {
    const { scenario, sagaId, kill, victim, rescuers, client, clientEngine } = this;
    const sagas = [this.saga];
    await client.ask('open', clientEngine, { sagas, worker: false });
    await victim.ready;
    if (scenario.isRequestedByVictim === true) await this.startElsewhere();
    else if (scenario.isOverdue === true) await this.startLate();
    else if (scenario.orphanedAt === undefined) await this.startIn(victim);
    else await this.orphan(scenario.orphanedAt);

    const watching = scenario.isWatched === true ? await this.watchInVictim() : undefined;
    const signalled = this.signal();
    const end = Promise.all([this.accompany(), this.cancel(), this.decide(), signalled]);
    end.catch(() => undefined);
    const turn = scenario.leavesAt === undefined ? end : this.leave(scenario.leavesAt);
    await this.limited(Promise.race([victim.exited, turn]), 'an end or a death');
    const places = kill === undefined ? await victim.ask('places') : {};
    await this.look();
    await this.limited(signalled, 'the signal');

    if (scenario.isRequestedByVictim !== true) await this.rescue();
    await this.limited(end, 'the end');
    if (watching !== undefined) await this.watchOn(watching);
    await this.look();
    const isKilled = victim.hasKilledItself;
    await victim.kill();
    await Promise.all([
      client.ask('close', clientEngine),
      ...rescuers.map((rescuer) => rescuer.ask('close', this.rescueEngine)),
    ]);
    const { acknowledgements, snapshots } = this;
    const watchers = this.watchers.map(({ record }) => record);
    return { scenario, sagaId, kill, isKilled, places, acknowledgements, watchers, snapshots };
  }

  private async rescue(): Promise<void> {
    const { rescuers, rescueEngine, saga } = this;
    await Promise.all(
      rescuers.map((rescuer) => rescuer.ask('open', rescueEngine, { sagas: [saga], worker: true })),
    );
  }

  /** Other processes start and run the saga. The victim runs none, and gets the requests. */
  private async startElsewhere(): Promise<void> {
    const { victim, saga } = this;
    await this.rescue();
    await ignoringDeath(victim.ask('open', victimEngine, { sagas: [saga], worker: false }));
    await this.start(this.client, this.clientEngine, true);
  }

  /** Makes a request in the victim, if the scenario says so, and after its death, or else, in another process. */
  private async request(ask: (child: LabChild, engine: string) => Promise<void>): Promise<void> {
    const { scenario, victim, client, clientEngine } = this;
    if (scenario.isRequestedByVictim === true) {
      try {
        return await ask(victim, victimEngine);
      } catch (error) {
        if (!(error instanceof ProcessDiedError)) throw error;
      }
    }
    await ask(client, clientEngine);
  }

  /** A client that gets no answer asks another process. */
  private async startIn(child: LabChild): Promise<void> {
    const isQueued = this.scenario.isQueued ?? false;
    try {
      await child.ask('open', victimEngine, { sagas: [this.saga], worker: true });
      await this.start(child, victimEngine, isQueued);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      await this.start(this.client, this.clientEngine, isQueued);
    }
  }

  private async start(child: LabChild, engine: string, isQueued: boolean): Promise<void> {
    const { sagaId, saga } = this;
    await child.ask('start', engine, { saga: saga.name, sagaId, isQueued });
    this.acknowledgements.push({ kind: 'start', sagaId });
  }

  /** Another process queues the saga. The victim begins to work after the saga's deadline. */
  private async startLate(): Promise<void> {
    const { laboratory, sagaId, victim, saga } = this;
    await this.start(this.client, this.clientEngine, true);
    const isOverdue = async (): Promise<boolean> => {
      const deadlineAt = (await laboratory.read(sagaId))?.header.deadlineAt;
      // The storage and the lab share the clock of the machine.
      return deadlineAt !== undefined && deadlineAt.getTime() < Date.now();
    };
    await until(deadlineMs, 'a deadline that has passed', isOverdue);
    await ignoringDeath(victim.ask('open', victimEngine, { sagas: [saga], worker: true }));
  }

  /** Another process starts the saga and dies during it. The victim starts after that process's lease has expired. */
  private async orphan(kill: KillPlan): Promise<void> {
    const { laboratory, sagaId, victim, saga } = this;
    const forerunner = laboratory.start({ name: `forerunner of ${sagaId}`, kill });
    await forerunner.ready;
    await this.startIn(forerunner);
    await this.limited(forerunner.exited, 'the death of the first process');
    await until(deadlineMs, 'a lease that is over', () => laboratory.isOrphaned(sagaId));
    await ignoringDeath(victim.ask('open', victimEngine, { sagas: [saga], worker: true }));
  }

  /** Watches the saga until it ends. If it is stuck, an operator fixes the cause and requests a retry. */
  private async accompany(): Promise<void> {
    const { client, clientEngine, sagaId, scenario } = this;
    const watcher = await this.watch(client, clientEngine, 0);
    const status = await watcher.over;
    if (status !== 'stuck' || scenario.isFixed !== true) {
      this.isOver = true;
      return;
    }
    await this.laboratory.world.fix(sagaId);
    await this.retry();
    const again = await this.watch(client, clientEngine, watcher.lastSeq);
    await again.over;
  }

  private async retry(): Promise<void> {
    const { sagaId } = this;
    try {
      await this.request((child, engine) => child.ask('retry', engine, sagaId));
      this.acknowledgements.push({ kind: 'retry', sagaId });
    } catch (error) {
      // The request before it was stored without an answer, and the saga continues.
      if (!(error instanceof LabAnswerError) || error.errorName !== 'SagaStatusError') throw error;
    }
  }

  private async cancel(): Promise<void> {
    const { scenario, sagaId } = this;
    if (scenario.cancelAt === undefined) return;
    await this.hasBegun(scenario.cancelAt);
    try {
      await this.request((child, engine) => child.ask('cancel', engine, sagaId));
      this.acknowledgements.push({ kind: 'cancel', sagaId });
    } catch (error) {
      if (!(error instanceof LabAnswerError) || !refusals.has(error.errorName)) throw error;
    }
  }

  private async signal(): Promise<void> {
    const { scenario, sagaId, victim } = this;
    if (scenario.isSignalled !== true) return;
    const isWaiting = async (): Promise<boolean> =>
      !victim.isAlive || (await this.laboratory.read(sagaId))?.header.waiting !== undefined;
    await until(deadlineMs, 'a wait or a death', isWaiting);
    // The victim may be dead before the saga is stored: the client starts it then.
    await until(deadlineMs, 'a start', async () => (await this.laboratory.read(sagaId)) !== undefined);
    await this.request((child, engine) => child.ask('signal', engine, sagaId));
    this.acknowledgements.push({ kind: 'signal', sagaId, name: 'paid', dedupeId: 'one' });
  }

  /** A decision is refused while the saga does not wait for it, so the person repeats it. */
  private async decide(): Promise<void> {
    const { scenario, sagaId } = this;
    const { decision } = scenario;
    if (decision === undefined) return;
    const isTaken = async (): Promise<boolean> => {
      if ((await this.laboratory.read(sagaId))?.header.waiting === undefined) return this.isOver;
      try {
        await this.request((child, engine) =>
          child.ask('decide', engine, sagaId, waitBeforeCharge, decision),
        );
        this.acknowledgements.push({ kind: 'signal', sagaId, name: waitBeforeCharge });
        return true;
      } catch (error) {
        if (!(error instanceof LabAnswerError) || error.errorName !== 'SagaStatusError') throw error;
        return false;
      }
    };
    await until(deadlineMs, 'a decision', isTaken);
  }

  private async leave(step: string): Promise<void> {
    await this.hasBegun(step);
    await ignoringDeath(this.victim.ask('close', victimEngine));
  }

  /**
   * Resolves also if the act will not begin in this process: it may die earlier, and other processes may have ended the
   * saga.
   */
  private hasBegun(step: string): Promise<void> {
    const { laboratory, sagaId, victim } = this;
    const hasBegun = async (): Promise<boolean> =>
      this.isOver || !victim.isAlive || (await laboratory.world.hasBegun(sagaId, step));
    return until(deadlineMs, `an act of ${step}`, hasBegun);
  }

  private async watchInVictim(): Promise<WatchingClient> {
    const watcher = new WatchingClient(this.victim, victimEngine, this.sagaId);
    this.watchers.push(watcher);
    await ignoringDeath(watcher.begin());
    return watcher;
  }

  /** A watcher whose process died continues in another one, after the last result that it got. */
  private async watchOn(watcher: WatchingClient): Promise<void> {
    const { client, clientEngine } = this;
    const status = await this.limited(watcher.overOrCutOff(), 'an end as the victim shows it');
    if (status !== undefined) return;
    const again = await this.watch(client, clientEngine, watcher.lastSeq);
    await this.limited(again.over, 'an end as it is shown to who comes back');
  }

  private async watch(child: LabChild, engine: string, fromSeq: number): Promise<WatchingClient> {
    const watcher = new WatchingClient(child, engine, this.sagaId, fromSeq);
    this.watchers.push(watcher);
    await watcher.begin();
    return watcher;
  }

  private async look(): Promise<void> {
    const found = await this.laboratory.read(this.sagaId);
    if (found !== undefined) this.snapshots.push(found);
  }

  private limited<Result>(promise: Promise<Result>, what: string): Promise<Result> {
    const { scenario, kill } = this;
    const where = `${scenario.name}, killed ${kill?.place ?? 'nowhere'} #${kill?.occurrence ?? 0}`;
    return within(deadlineMs, promise, `${where}: ${what}`).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await this.describe()}`, { cause: error });
    });
  }

  /** For the person who has to find out why it does not end. */
  private async describe(): Promise<string> {
    const found = await this.laboratory.read(this.sagaId);
    const journal = found?.entries.map(({ kind, worker }) => `${kind} by ${worker}`).join(', ');
    const seen = this.watchers.map(({ record }) => `${record.watcher}: ${JSON.stringify(record)}`);
    const victim = this.victim.isAlive ? await this.victim.ask('describe') : ['the victim is dead'];
    return [`${found?.header.status}, owner ${found?.header.owner}: ${journal}`, ...victim, ...seen].join(
      '\n',
    );
  }
}

async function ignoringDeath(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof ProcessDiedError)) throw error;
  }
}
