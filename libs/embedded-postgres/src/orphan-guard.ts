import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

const waitForTheOwnerThenCleanUp = `
cat > /dev/null
kill -QUIT "$1" 2> /dev/null
while kill -0 "$1" 2> /dev/null; do sleep 0.1; done
if [ -n "$2" ]; then rm -rf -- "$2"; fi
`;

/**
 * Ends a server whose owner died without stopping it, for example by SIGKILL, and removes its data directory if one is
 * given. A shell waits for the end of a pipe that only this process holds open: an exit handler would not run after a
 * SIGKILL.
 *
 * @returns a function that ends the guard.
 */
export function guardOrphan(pid: number, temporaryDirectory: string | undefined): () => void {
  const guard = spawn('sh', ['-c', waitForTheOwnerThenCleanUp, 'sh', String(pid), temporaryDirectory ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => {});
  guard.unref();
  (guard.stdin as Socket).unref();
  return () => {
    if (guard.pid !== undefined) killGroup(guard.pid);
  };
}

/** The guard leads its own process group: the shell and the `cat` for which it waits. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}
