/** The lab from a command line: `npm run kills --workspace @nest-saga/crash-lab -- --kills 1000`. */
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
import { runKillLab } from './lab/kill-lab.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: { kills: { type: 'string', default: '500' } },
});

const postgres = await startEmbeddedPostgres({ settings: { max_connections: 300 } });
try {
  const report = await runKillLab(postgres.url, Number(values.kills));
  console.log(
    `${report.kills} processes killed at ${report.places} of ${report.knownPlaces} places, ${report.runs} runs`,
  );
  for (const problem of report.problems) console.error(problem);
  console.log(
    report.problems.length === 0 ? 'every promise was kept' : `${report.problems.length} violations`,
  );
  process.exitCode = report.problems.length === 0 ? 0 : 1;
} finally {
  await postgres.stop();
}
