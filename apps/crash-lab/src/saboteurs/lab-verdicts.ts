import { inParallel } from '../lab/in-parallel.js';
import { undergo } from '../lab/ordeals.js';
import type { Ordeal, OrdealReport } from '../lab/ordeals.js';
import { labSaboteurs } from './lab-saboteurs.js';
import type { LabSaboteur } from './lab-saboteurs.js';
import { toMarkdownTable } from './markdown-table.js';
import { mark } from './verdicts.js';

/** What showed a saboteur in real processes. */
export interface LabVerdict {
  readonly saboteur: LabSaboteur;
  /** The problem that was found in each ordeal that was tried; undefined where it went unnoticed. */
  readonly evidence: ReadonlyMap<Ordeal, string | undefined>;
}

/** What real processes showed of every build. */
export interface LabVerdicts {
  /** Of the build without a mistake. */
  readonly unbroken: readonly OrdealReport[];
  readonly verdicts: readonly LabVerdict[];
}

/** Builds that are tried at the same time: most of their time they wait for a lease that runs out. */
const buildsAtOnce = 2;

/** A machine that is too busy may come by a place too late: then it is tried again. */
const rounds = 3;

/** Lets every saboteur loose on real processes, and the build without one as well. */
export async function judgeInLab(serverUrl: string, ordeals: readonly Ordeal[]): Promise<LabVerdicts> {
  const unbroken: OrdealReport[] = [];
  const verdicts = new Map<LabSaboteur, LabVerdict>();
  const builds = [undefined, ...labSaboteurs];
  await inParallel(buildsAtOnce, builds, async (saboteur) => {
    if (saboteur === undefined) unbroken.push(...(await judgeUnbroken(serverUrl, ordeals)));
    else verdicts.set(saboteur, await judgeBroken(serverUrl, saboteur));
  });
  return { unbroken, verdicts: labSaboteurs.flatMap((saboteur) => verdicts.get(saboteur) ?? []) };
}

/** Until each ordeal has shown what the saboteur breaks. */
async function judgeBroken(serverUrl: string, saboteur: LabSaboteur): Promise<LabVerdict> {
  const { name, breaks, ordeals } = saboteur;
  const evidence = new Map<Ordeal, string | undefined>(ordeals.map((ordeal) => [ordeal, undefined]));
  const unnoticed = (): readonly Ordeal[] => ordeals.filter((ordeal) => evidence.get(ordeal) === undefined);
  for (let round = 0; round < rounds && unnoticed().length > 0; round++)
    for (const { ordeal, problems } of await undergo(unnoticed(), serverUrl, name))
      evidence.set(
        ordeal,
        problems.find((problem) => breaks.some((one) => problem.startsWith(one))),
      );
  return { saboteur, evidence };
}

/** Until each process was struck where it was to be. */
async function judgeUnbroken(
  serverUrl: string,
  ordeals: readonly Ordeal[],
): Promise<readonly OrdealReport[]> {
  const reports: OrdealReport[] = [];
  const incomplete = (): readonly Ordeal[] =>
    ordeals.filter((ordeal) => !reports.some((report) => report.ordeal === ordeal && report.isComplete));
  for (let round = 0; round < rounds && incomplete().length > 0; round++)
    reports.push(...(await undergo(incomplete(), serverUrl)));
  return reports;
}

/** The verdicts as a table in Markdown. */
export function toLabTable(verdicts: readonly LabVerdict[], ordeals: readonly Ordeal[]): string {
  return toMarkdownTable([
    ['saboteur', 'what it does', 'what shows it', ...ordeals],
    ...verdicts.map(({ saboteur: { name, mistake, breaks }, evidence }) => [
      name,
      mistake,
      breaks.map((one) => `\`${one}\``).join(', '),
      ...ordeals.map((ordeal) => (evidence.has(ordeal) ? mark(evidence.get(ordeal)) : '-')),
    ]),
  ]);
}
