import type { SagaStorage } from '@nest-saga/core';
import { parallel } from '@nest-saga/core/engine';
import { InterceptedStorage, scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';
import type { SimulatedProcess, StepScript } from '@nest-saga/testing';

type Behaviour = 'ok' | 'fail' | 'hang';

const behaviours: readonly Behaviour[] = ['ok', 'fail', 'hang'];
const branches = ['a', 'b', 'c'] as const;
/** How long each branch takes, in milliseconds: they end in declared order, in reverse, or in one tick. */
const durations = [
  [1, 2, 3],
  [3, 2, 1],
  [1, 1, 1],
] as const;
/** One of them each day, and all with `EXHAUSTIVE=full`. */
const isFull = process.env['EXHAUSTIVE'] === 'full';
const today = Math.floor(Date.now() / 86_400_000) % durations.length;
const tried = isFull ? durations : durations.filter((_, index) => index === today);
const refused = new Error('refused');

/** Shows the world when the saga is decided, and kills a process around one of its appends. */
class FatalStorage extends InterceptedStorage {
  private appends = 0;
  process: SimulatedProcess | undefined;

  constructor(
    inner: SagaStorage,
    private readonly world: World,
    private readonly dying: { readonly append: number; readonly moment: 'before' | 'after' } | undefined,
  ) {
    super(inner);
  }

  override async append(request: Parameters<SagaStorage['append']>[0]): ReturnType<SagaStorage['append']> {
    const isLast = this.dying?.append === ++this.appends;
    if (isLast && this.dying?.moment === 'before') return this.die();
    const answer = await super.append(request);
    const { entry } = request;
    const isDecision = entry.kind === 'act-failed' && entry.next === 'compensate';
    if (answer === 'stored' && (isDecision || entry.kind === 'compensation-decided'))
      this.world.isDecided = true;
    return isLast ? this.die() : answer;
  }

  protected around<Answer>(_method: unknown, call: () => Promise<Answer>): Promise<Answer> {
    return call();
  }

  private die(): Promise<never> {
    this.process?.kill();
    return new Promise(() => undefined);
  }
}

class World {
  isDecided = false;
  readonly effects = new Set<string>();
  readonly problems: string[] = [];
}

interface Run {
  readonly problems: readonly string[];
  readonly appends: number;
}

async function run(
  plan: readonly Behaviour[],
  lasting: readonly number[],
  undo: 'reverse' | 'parallel',
  dying?: { readonly append: number; readonly moment: 'before' | 'after' },
): Promise<Run> {
  const world = new World();
  const act =
    (id: string, behaviour: Behaviour, forMs: number): StepScript =>
    async (_context, { signal }) => {
      if (world.isDecided) world.problems.push(`${id} began after the decision`);
      if (behaviour === 'hang') {
        world.effects.add(id);
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      }
      await new Promise<void>((resolve) => cluster.clock.startTimer(forMs, resolve));
      if (behaviour === 'fail') throw refused;
      world.effects.add(id);
    };
  const step = (id: string, behaviour: Behaviour, forMs: number): ScriptedStep =>
    new ScriptedStep(id, {
      act: [act(id, behaviour, forMs)],
      compensate: [() => void world.effects.delete(id)],
      timeoutMs: 20,
    });
  const steps = branches.map((id, index) => step(id, plan[index] ?? 'ok', lasting[index] ?? 1));
  const saga = scriptedSaga('order', [step('first', 'ok', 1), parallel('stage', steps, { undo })]);
  const cluster = new SimulatedCluster([saga]);
  const [fatal, calm] = [
    new FatalStorage(cluster.memory, world, dying),
    new FatalStorage(cluster.memory, world, undefined),
  ];
  const first = await cluster.startProcess({ storage: fatal });
  fatal.process = first;
  const second = await cluster.startProcess({ storage: calm });
  const { sagaId } = await first.start();
  const { status } = await cluster.resolve(second.outcome(sagaId));
  const { entries } = await cluster.load(sagaId);
  const isGood = plan.every((behaviour) => behaviour === 'ok');
  const { problems } = world;
  if (status !== (isGood ? 'completed' : 'failed')) problems.push(`it ${status}`);
  if (!isGood && world.effects.size > 0) problems.push(`left standing: ${[...world.effects].join()}`);
  if (isGood && world.effects.size !== 4) problems.push(`there are only ${[...world.effects].join()}`);
  if (entries.some(({ seq }, index) => seq !== index + 1)) problems.push('there is a gap');
  const undone = entries.flatMap((entry) => (entry.kind === 'compensation-completed' ? [entry.step] : []));
  const declared = ['first', ...branches];
  const inOrder = undone.toSorted((one, other) => declared.indexOf(other) - declared.indexOf(one));
  if (undo === 'reverse' && undone.join() !== inOrder.join()) problems.push(`undone: ${undone.join()}`);
  if (undone.length > 0 && undone.at(-1) !== 'first')
    problems.push(`first is undone before ${undone.at(-1)}`);
  const done = entries.flatMap((entry) => (entry.kind === 'act-completed' ? [entry.step] : []));
  if (new Set(done).size !== done.length) problems.push(`completed twice: ${done.join()}`);
  if (dying === undefined && undone.some((id) => plan[declared.indexOf(id) - 1] === 'fail'))
    problems.push('a definite refusal is undone');
  const appends = entries.filter(({ worker, kind }) => worker !== undefined && kind !== 'claimed').length;
  return { problems, appends };
}

function* plans(): Generator<readonly Behaviour[]> {
  for (const a of behaviours) for (const b of behaviours) for (const c of behaviours) yield [a, b, c];
}

describe('three branches, each of which works, fails or hangs', () => {
  it.each(['reverse', 'parallel'] as const)(
    'keep every promise with a crash before and after each entry, and with undo "%s"',
    async (undo) => {
      let runs = 0;
      for (const plan of plans()) {
        for (const lasting of tried) {
          const calm = await run(plan, lasting, undo);
          const story = `${plan.join()} in ${lasting.join()} ms`;
          expect([story, ...calm.problems]).toEqual([story]);
          runs++;
          for (let append = 1; append <= calm.appends; append++) {
            for (const moment of ['before', 'after'] as const) {
              const crashed = await run(plan, lasting, undo, { append, moment });
              const told = `${story}, dead ${moment} entry ${append}`;
              expect([told, ...crashed.problems]).toEqual([told]);
              runs++;
            }
          }
        }
      }
      expect(runs).toBeGreaterThan(isFull ? 900 : 300);
    },
    600_000,
  );
});
