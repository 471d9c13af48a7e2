/** The lab from a command line: `npm run kills -- --kills 1000`, `npm run soak -- --minutes 60`. */
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
import { runKillLab } from './lab/kill-lab.js';
import { soak } from './lab/soak.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '500' },
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [command] = positionals;

const postgres = await startEmbeddedPostgres({ settings: { max_connections: 300 } });
try {
  const problems = command === 'soak' ? await runSoak() : await runKills();
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'every promise was kept' : `${problems.length} violations`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await postgres.stop();
}

async function runKills(): Promise<readonly string[]> {
  const { kills, places, knownPlaces, runs, problems } = await runKillLab(postgres.url, Number(values.kills));
  console.log(`${kills} processes killed at ${places} of ${knownPlaces} places, ${runs} runs`);
  return problems;
}

async function runSoak(): Promise<readonly string[]> {
  const { minutes, seed } = values;
  console.log(`soaking for ${minutes} minutes, seed ${seed}`);
  const startedAt = performance.now();
  const { problems, ...report } = await soak({
    minutes: Number(minutes),
    seed: Number(seed),
    worldServerUrl: postgres.url,
    onProgress: (line) => console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s: ${line}`),
  });
  console.log(JSON.stringify(report, undefined, 2));
  return problems;
}
