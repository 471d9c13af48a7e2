/**
 * The start command: provides a database, runs the server in a process of its own and brings it back when it dies,
 * as a container platform would. So the server can be killed in the middle of an order, and the order ends.
 */
import { startDatabase } from './database/start-database.js';
import { demoByDefault } from './demo/demo-by-default.js';
import { superviseServer } from './supervise-server.js';
import { whatToTry } from './what-to-try.js';

const database = await startDatabase();
const server = superviseServer({
  module: import.meta.filename.replace(/main(\.[jt]s)$/, 'server$1'),
  environment: { DEMO: demoByDefault(process.env), ...process.env, DATABASE_URL: database.url },
  onFirstReady: (url) => console.log(whatToTry(url)),
  onDeath: (how) => console.log(`The server died (${how}). Starting it again.`),
});

process.once('SIGTERM', () => server.stop());
process.once('SIGINT', () => server.stop());

process.exitCode = await server.ended;
await database.stop();
