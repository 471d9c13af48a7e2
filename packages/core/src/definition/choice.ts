import { isObject } from '../options/option.js';

/** The common options of both kinds of choices. */
export interface ChoiceIdentity {
  /** Earlier ids of the choice, the oldest first: executions with these ids in their journals continue. */
  readonly aliases?: readonly string[];
}

/** Stages that run only if a condition holds: see {@link when}. */
export interface When<Stage, Context = never> extends ChoiceIdentity {
  readonly kind: 'when';
  readonly id: string;
  readonly predicate: (context: Context) => boolean;
  readonly stages: readonly Stage[];
}

/** The stages of each case, by its name: a list, or one stage. */
export type ChoiceCases<Stage> = Readonly<Record<string, Stage | readonly Stage[]>>;

/** The options of {@link choose}. */
export interface ChooseOptions extends ChoiceIdentity {
  /** If no case has the name that was selected: the saga fails and is undone, or all cases are skipped. @default 'fail' */
  readonly otherwise?: 'fail' | 'skip';
}

/** Several cases, of which one runs: see {@link choose}. */
export interface Choose<Stage, Context = never> extends ChooseOptions {
  readonly kind: 'choose';
  readonly id: string;
  readonly select: (context: Context) => string | undefined;
  readonly cases: ChoiceCases<Stage>;
}

/** A part of a saga's list that depends on the context. */
export type DeclaredChoice<Stage, Context = never> = When<Stage, Context> | Choose<Stage, Context>;

/**
 * Declares stages that run only if a condition holds. The condition is asked once, with the context as it is when the
 * saga comes to these stages, and the answer is stored with the entry that leads there: no recovery and no later release
 * decides it again. Stages that are skipped have no undo.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @param predicate Synchronous and pure. If it throws, the saga fails and is undone.
 * @param stages Any stages, choices among them.
 * @example
 * steps: [PackStep, when('gift', (order) => order.isGift, [WrapStep, CardStep]), ShipStep]
 */
export function when<Stage, Context>(
  id: string,
  predicate: (context: Context) => boolean,
  stages: readonly Stage[],
  options: ChoiceIdentity = {},
): When<Stage, Context> {
  return { ...given(options), kind: 'when', id, predicate, stages };
}

/**
 * Declares several cases, of which one runs: the one with the name that `select` returns. It is asked once, as the
 * condition of {@link when} is.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @param select Synchronous and pure. If it throws, the saga fails and is undone.
 * @param cases The names are stored, so keep them. A case may be an empty list.
 * @example
 * steps: [choose('pay', (order) => order.method, { card: ChargeCardStep, invoice: [SendInvoiceStep], gift: [] })]
 */
export function choose<Stage, Context>(
  id: string,
  select: (context: Context) => string | undefined,
  cases: ChoiceCases<Stage>,
  options: ChooseOptions = {},
): Choose<Stage, Context> {
  return { ...given(options), kind: 'choose', id, select, cases };
}

/** Whether a declared stage is a choice. */
export function isChoice(declared: unknown): declared is DeclaredChoice<unknown> {
  if (typeof declared !== 'object' || declared === null) return false;
  const kind: unknown = Reflect.get(declared, 'kind');
  return kind === 'when' || kind === 'choose';
}

/** The lists of stages in a choice, each with the answer for which it runs. A value that is not a list is one stage. */
export function branchesOf<Stage>(
  choice: DeclaredChoice<Stage>,
): readonly { readonly equals: boolean | string; readonly stages: readonly Stage[] }[] {
  if (choice.kind === 'when') return [{ equals: true, stages: asList(choice.stages) }];
  if (!isObject(choice.cases)) return [];
  return Object.entries(choice.cases).map(([equals, stages]) => ({ equals, stages: asList(stages) }));
}

function asList<Stage>(stages: Stage | readonly Stage[]): readonly Stage[] {
  if (stages === undefined) return [];
  return Array.isArray(stages) ? (stages as readonly Stage[]) : [stages as Stage];
}

/** A value that is not an object is kept, so that the check of the saga reports it. */
function given<Options extends object>(options: Options): Options {
  return isObject(options) ? options : ({ options } as never);
}
