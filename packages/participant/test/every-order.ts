import { isDeepStrictEqual } from 'node:util';
import type { DataSource } from 'typeorm';
import type { CommandWork } from '../src/barrier/saga-barrier.js';
import type { SagaAction, SagaCommand } from '../src/command/saga-command.js';
import { commandsOfASaga, effectOf, effectsSql } from './commands.js';
import { ConnectionLost, Crashes } from './crash-point.js';
import type { CrashPoint } from './crash-point.js';

/** The barrier, or a broken copy of it. */
export interface BarrierUnderTest {
  run(command: SagaCommand, work: CommandWork<unknown>): Promise<unknown>;
}

/** Two acts and two undos; the one at `crashed` crashes at `point`, and its repetition comes before the one at `again`. */
interface Scenario {
  readonly order: readonly SagaAction[];
  readonly crashed: number;
  readonly point: CrashPoint;
  readonly again: number;
}

export interface Findings {
  /** The number of scenarios in which the crash came. */
  scenarios: number;
  /** The statements at which it came. */
  readonly crashedAt: Set<string>;
  readonly violations: string[];
}

/**
 * Delivers two acts and two undos in every order, with a crash of each delivery before each of its statements
 * and after its commit, and a repetition of the crashed one at each later place. Each run is compared with {@link Expected}.
 *
 * @param stopAt The number of violations after which it ends.
 */
export async function tryEveryOrder(
  dataSource: DataSource,
  barrier: BarrierUnderTest,
  stopAt: number,
): Promise<Findings> {
  const findings: Findings = { scenarios: 0, crashedAt: new Set(), violations: [] };
  const crashes = new Crashes(dataSource);
  for (const order of orders)
    for (const [crashed] of order.entries())
      for (const point of crashPoints) {
        const places = order.map((_, place) => place + 1).filter((place) => place > crashed);
        for (const again of places) {
          await deliver(dataSource, barrier, crashes, { order, crashed, point, again }, findings);
          if (findings.violations.length >= stopAt) return findings;
        }
      }
  return findings;
}

/** No transaction has more statements; in a shorter one the crash does not come. */
const crashPoints: readonly CrashPoint[] = [0, 1, 2, 3, 4, 5, 6, 'after-commit'];
const [act, compensate]: readonly SagaAction[] = ['act', 'compensate'];
const orders = [0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1100].map((bits) =>
  [0, 1, 2, 3].map((place) => ((bits >> (3 - place)) & 1 ? compensate : act) as SagaAction),
);

async function deliver(
  dataSource: DataSource,
  barrier: BarrierUnderTest,
  crashes: Crashes,
  scenario: Scenario,
  findings: Findings,
): Promise<void> {
  const { order, crashed, point, again } = scenario;
  const commands = commandsOfASaga();
  const expected = new Expected();
  let hit: string | undefined;
  const report = (problem: string): void =>
    void findings.violations.push(`${describe(scenario)} (${hit ?? 'no crash'}): ${problem}`);
  const repeated = order[crashed] as SagaAction;
  const deliveries = [...order.slice(0, again), repeated, ...order.slice(again)];
  for (const [place, action] of deliveries.entries()) {
    crashes.arm(place === crashed ? point : undefined);
    const got = await outcomeOf(barrier.run(commands[action], effectOf(commands[action])));
    hit ??= crashes.hit;
    const isCommitted = crashes.hit === undefined || point === 'after-commit';
    const wanted = expected.deliver(action, isCommitted, got);
    if (!isDeepStrictEqual(got, got.kind === 'lost' && crashes.hit !== undefined ? lost : wanted))
      report(`delivery ${place}, ${action}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
  }
  crashes.arm(undefined);
  const rows = (await dataSource.query(effectsSql, [commands.act.sagaId])) as { action: SagaAction }[];
  const effects = rows.map(({ action }) => action);
  if (!isDeepStrictEqual(effects, expected.effects))
    report(`the effects are [${effects.join()}] instead of [${expected.effects.join()}]`);
  if (effects.length !== 0 && effects.join() !== 'act,compensate')
    report(`an effect stands: [${effects.join()}]`);
  if (hit !== undefined) {
    findings.scenarios += 1;
    findings.crashedAt.add(hit.trim().split(/\s/)[0] ?? '');
  }
}

type Outcome =
  | { readonly kind: 'reply'; readonly reply: unknown }
  | { readonly kind: 'refused' | 'lost' }
  | { readonly kind: 'error'; readonly error: string };

const lost: Outcome = { kind: 'lost' };

async function outcomeOf(running: Promise<unknown>): Promise<Outcome> {
  try {
    return { kind: 'reply', reply: await running };
  } catch (error) {
    if (error instanceof ConnectionLost) return lost;
    if (error instanceof Error && Reflect.get(error, 'code') === 'SAGA_ACT_REFUSED')
      return { kind: 'refused' };
    return { kind: 'error', error: String(error) };
  }
}

/** The promises of the barrier in a few lines: what each delivery has to answer, and which effects there are. */
class Expected {
  readonly effects: SagaAction[] = [];
  private readonly replies = new Map<SagaAction, { reply: unknown } | undefined>();
  private isRefused = false;

  /** @param got Its reply counts as that of the work if this delivery does the work; a lost one stays open. */
  deliver(action: SagaAction, isCommitted: boolean, got: Outcome): Outcome {
    const reply = got.kind === 'reply' ? got.reply : undefined;
    if (action === 'act' && this.isRefused) return { kind: 'refused' };
    if (this.replies.has(action)) {
      const stored = this.replies.get(action) ?? { reply };
      this.replies.set(action, stored);
      return { kind: 'reply', reply: stored.reply };
    }
    if (!isCommitted) return lost;
    const isNeeded = action === 'act' || this.replies.has('act');
    if (action === 'compensate') this.isRefused = true;
    if (isNeeded) this.effects.push(action);
    const own = isNeeded ? reply : undefined;
    this.replies.set(action, got.kind === 'lost' && isNeeded ? undefined : { reply: own });
    return { kind: 'reply', reply: own };
  }
}

function describe({ order, crashed, point, again }: Scenario): string {
  return `${order.join(' ')}; ${crashed} crashes at ${point}, repeated at ${again}`;
}
