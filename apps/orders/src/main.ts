/**
 * The start command: provides a database, runs the server in a separate process, and restarts it when it dies, as a
 * container platform would. So the server can be killed in the middle of an order, and the order still ends.
 */
import { startDatabase } from './database/start-database.js';
import { demoByDefault } from './demo/demo-by-default.js';
import { superviseServer } from './supervise-server.js';
import { whenNpmEnds } from './when-npm-ends.js';
import { whatToTry } from './what-to-try.js';

const database = await startDatabase().catch((error: unknown) => {
  // This message is for the person who typed the command: a stack trace would hide the remedy.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
const server = superviseServer({
  module: import.meta.filename.replace(/main(\.[jt]s)$/, 'server$1'),
  environment: { DEMO: demoByDefault(process.env), ...process.env, DATABASE_URL: database.url },
  onFirstReady: (url) => console.log(whatToTry(url)),
  onDeath: (how) => console.log(`The server died (${how}). Starting it again.`),
});

process.once('SIGTERM', () => server.stop());
process.once('SIGINT', () => server.stop());
// npm runs this through a shell, which does not pass on a SIGTERM, and no process passes on a SIGKILL.
if (process.env['npm_lifecycle_event'] !== undefined) whenNpmEnds(() => server.stop());

process.exitCode = await server.ended;
await database.stop();
