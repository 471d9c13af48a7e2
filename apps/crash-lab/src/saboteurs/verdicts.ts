import { checkExhaustively } from '../exhaustive/check-exhaustively.js';
import { tiny } from '../exhaustive/exhaustive-scope.js';
import { checkModel } from '../model/check-model.js';
import { runContract } from './run-contract.js';
import type { Saboteur } from './saboteur.js';

/** Which suites noticed a saboteur; undefined where a suite says nothing about its kind. */
export interface Verdict {
  readonly saboteur: Saboteur;
  readonly model: boolean;
  readonly exhaustive: boolean;
  readonly contract: boolean | undefined;
  /** What was noticed first. */
  readonly evidence: string;
}

/** Fewer runs than the suites themselves have: a saboteur that needs more luck than this counts as not noticed. */
const modelRuns = 1_500;

/** Lets a saboteur loose on all suites. */
export async function judgeSaboteur(saboteur: Saboteur): Promise<Verdict> {
  const { sabotage } = saboteur;
  const sought = { sabotage, isEvidence: () => true };
  const { failure: modelFailure } = await checkModel(
    { runs: modelRuns, seed: 1, isShrinking: false },
    sought,
  );
  const { failure: exhaustiveFailure } = await checkExhaustively(tiny, sought);
  const broken = sabotage.storage === undefined ? undefined : await runContract(sabotage.storage);
  return {
    saboteur,
    model: modelFailure !== undefined,
    exhaustive: exhaustiveFailure !== undefined,
    contract: sabotage.storage === undefined ? undefined : broken !== undefined,
    evidence: modelFailure?.problems[0] ?? exhaustiveFailure?.problems[0] ?? broken ?? 'nothing',
  };
}

/** The verdicts as a table in Markdown, in the way the formatter leaves it. */
export function toTable(verdicts: readonly Verdict[]): string {
  const rows = [
    ['saboteur', 'what it does', 'model', 'exhaustive', 'contract'],
    ...verdicts.map(({ saboteur, model, exhaustive, contract }) => [
      saboteur.name,
      saboteur.mistake,
      mark(model),
      mark(exhaustive),
      mark(contract),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

function mark(isNoticed: boolean | undefined): string {
  if (isNoticed === undefined) return '-';
  return isNoticed ? 'caught' : 'no';
}
