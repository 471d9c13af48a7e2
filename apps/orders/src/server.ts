import 'reflect-metadata';
import { startDatabase } from './database/start-database.js';
import { createOrdersApplication } from './orders.application.js';
import { readSettings } from './orders-settings.js';
import { whatToTry } from './what-to-try.js';

// The start command passes its database in DATABASE_URL; without one the server starts its own.
const database = await startDatabase();
const settings = readSettings(process.env, database.url);
const application = await createOrdersApplication(settings, { logger: ['warn', 'error'] });
await application.listen(settings.port, settings.host);
// Not earlier: the list of all modules and routes would hide the commands to try.
application.useLogger(['log', 'warn', 'error']);
const url = (await application.getUrl()).replace('127.0.0.1', 'localhost');

if (process.send === undefined) {
  console.log(whatToTry(url));
} else {
  process.send({ url, port: Number(new URL(url).port) });
  // The start command has ended, and with it the database that it started.
  process.once('disconnect', () => process.exit(1));
}

process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

async function stop(): Promise<void> {
  await application.close();
  await database.stop();
  process.exit(0);
}
