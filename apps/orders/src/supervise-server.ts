import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The options of a supervised server. */
export interface SupervisedServerOptions {
  /** The file that the process runs. */
  readonly module: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Called once with the URL, when the first server listens. */
  readonly onFirstReady: (url: string) => void;
  /** Called when a server that had been listening has died. */
  readonly onDeath: (how: string) => void;
}

/** A server that is restarted when it dies. */
export interface SupervisedServer {
  /** Ends the server in an orderly way. */
  stop(): void;
  /** Resolves with an exit code when it has stopped, or could not start. */
  readonly ended: Promise<number>;
}

interface Ready {
  readonly url: string;
  readonly port: number;
}

/** Runs a server in a separate process and restarts it, on the same port, whenever it dies. */
export function superviseServer(options: SupervisedServerOptions): SupervisedServer {
  let current: ChildProcess | undefined;
  let isStopping = false;

  const run = async (ready?: Ready): Promise<number> => {
    const port = ready === undefined ? {} : { PORT: String(ready.port) };
    // In a separate process group: Ctrl-C reaches this process, which then ends the server and the database in order.
    const server = fork(options.module, { env: { ...options.environment, ...port }, detached: true });
    current = server;
    let listening: Ready | undefined;
    server.once('message', (message) => {
      listening = message as Ready;
      if (ready === undefined) options.onFirstReady(listening.url);
    });
    const [code, signal] = (await once(server, 'exit')) as [number | null, string | null];
    if (isStopping) return 0;
    if (listening === undefined) return code ?? 1;
    options.onDeath(signal ?? `exit code ${code}`);
    return run(listening);
  };

  return {
    stop: () => {
      isStopping = true;
      current?.kill('SIGTERM');
    },
    ended: run(),
  };
}
