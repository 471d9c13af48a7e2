import { checkExhaustively } from '../exhaustive/check-exhaustively.js';
import { tiny } from '../exhaustive/exhaustive-scope.js';
import { checkModel } from '../model/check-model.js';
import { toMarkdownTable } from './markdown-table.js';
import { runContract } from './run-contract.js';
import type { Saboteur } from './saboteur.js';

/** The suites that noticed a saboteur by its evidence. */
export interface Verdict {
  readonly saboteur: Saboteur;
  /** The problem that a run of the model showed. */
  readonly model: string | undefined;
  /** The problem that an exhaustive run showed. */
  readonly exhaustive: string | undefined;
  /** The tests of the contract that failed; undefined if the contract does not apply. */
  readonly contract: readonly string[] | undefined;
}

/** Fewer runs than the suites have: a saboteur that needs more runs than this counts as not noticed. */
const modelRuns = 1_500;

/** Runs all suites against a saboteur. Each of them stops at its first evidence. */
export async function judgeSaboteur(saboteur: Saboteur): Promise<Verdict> {
  const { sabotage, breaks } = saboteur;
  const isBroken = (problem: string): boolean => breaks.some((one) => problem.startsWith(one));
  const expected = { sabotage, isEvidence: (problems: readonly string[]) => problems.some(isBroken) };
  const model = await checkModel({ runs: modelRuns, seed: 1, isShrinking: false }, expected);
  const exhaustive = await checkExhaustively(tiny, expected);
  return {
    saboteur,
    model: model.failure?.problems.find(isBroken),
    exhaustive: exhaustive.failure?.problems.find(isBroken),
    contract: sabotage.storage === undefined ? undefined : await runContract(sabotage.storage),
  };
}

/** The verdicts as a table in Markdown. */
export function toTable(verdicts: readonly Verdict[]): string {
  const rows = [
    ['saboteur', 'what it does', 'what shows it', 'model', 'exhaustive', 'contract'],
    ...verdicts.map(({ saboteur, model, exhaustive, contract }) => [
      saboteur.name,
      saboteur.mistake,
      saboteur.breaks.map((one) => `\`${one}\``).join(', '),
      mark(model),
      mark(exhaustive),
      contract === undefined ? '-' : mark(contract[0]),
    ]),
  ];
  return toMarkdownTable(rows);
}

/** Whether there is evidence, in one word. */
export function mark(evidence: string | undefined): string {
  return evidence === undefined ? 'no' : 'caught';
}
