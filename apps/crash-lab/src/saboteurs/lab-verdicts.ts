import { inParallel } from '../lab/in-parallel.js';
import { runUnderStress } from '../lab/stress-runs.js';
import type { StressRun, StressReport } from '../lab/stress-runs.js';
import { labSaboteurs } from './lab-saboteurs.js';
import type { LabSaboteur } from './lab-saboteurs.js';
import { toMarkdownTable } from './markdown-table.js';
import { mark } from './verdicts.js';

/** The evidence for a saboteur in real processes. */
export interface LabVerdict {
  readonly saboteur: LabSaboteur;
  /** The problem that each stress run found; undefined if it was not noticed. */
  readonly evidence: ReadonlyMap<StressRun, string | undefined>;
}

/** The evidence for all builds in real processes. */
export interface LabVerdicts {
  /** The reports of the build without a mistake. */
  readonly unbroken: readonly StressReport[];
  readonly verdicts: readonly LabVerdict[];
}

/** The number of builds that are tried at the same time: most of their time they wait for a lease to expire. */
const buildsAtOnce = 2;

/** On a busy machine a process may reach a place too late: then the run is repeated. */
const rounds = 3;

/** Tries all saboteurs, and the build without a mistake, in real processes. */
export async function judgeInLab(serverUrl: string, stressRuns: readonly StressRun[]): Promise<LabVerdicts> {
  const unbroken: StressReport[] = [];
  const verdicts = new Map<LabSaboteur, LabVerdict>();
  const builds = [undefined, ...labSaboteurs];
  await inParallel(buildsAtOnce, builds, async (saboteur) => {
    if (saboteur === undefined) unbroken.push(...(await judgeUnbroken(serverUrl, stressRuns)));
    else verdicts.set(saboteur, await judgeBroken(serverUrl, saboteur));
  });
  return { unbroken, verdicts: labSaboteurs.flatMap((saboteur) => verdicts.get(saboteur) ?? []) };
}

/** Repeats the stress runs until each has shown the saboteur's mistake. */
async function judgeBroken(serverUrl: string, saboteur: LabSaboteur): Promise<LabVerdict> {
  const { name, breaks, stressRuns } = saboteur;
  const evidence = new Map<StressRun, string | undefined>(
    stressRuns.map((stressRun) => [stressRun, undefined]),
  );
  const unnoticed = (): readonly StressRun[] =>
    stressRuns.filter((stressRun) => evidence.get(stressRun) === undefined);
  for (let round = 0; round < rounds && unnoticed().length > 0; round++)
    for (const { stressRun, problems } of await runUnderStress(unnoticed(), serverUrl, name))
      evidence.set(
        stressRun,
        problems.find((problem) => breaks.some((one) => problem.startsWith(one))),
      );
  return { saboteur, evidence };
}

/** Repeats the stress runs until each process was struck at its place. */
async function judgeUnbroken(
  serverUrl: string,
  stressRuns: readonly StressRun[],
): Promise<readonly StressReport[]> {
  const reports: StressReport[] = [];
  const incomplete = (): readonly StressRun[] =>
    stressRuns.filter(
      (stressRun) => !reports.some((report) => report.stressRun === stressRun && report.isComplete),
    );
  for (let round = 0; round < rounds && incomplete().length > 0; round++)
    reports.push(...(await runUnderStress(incomplete(), serverUrl)));
  return reports;
}

/** The verdicts as a table in Markdown. */
export function toLabTable(verdicts: readonly LabVerdict[], stressRuns: readonly StressRun[]): string {
  return toMarkdownTable([
    ['saboteur', 'what it does', 'what shows it', ...stressRuns],
    ...verdicts.map(({ saboteur: { name, mistake, breaks }, evidence }) => [
      name,
      mistake,
      breaks.map((one) => `\`${one}\``).join(', '),
      ...stressRuns.map((stressRun) => (evidence.has(stressRun) ? mark(evidence.get(stressRun)) : '-')),
    ]),
  ]);
}
