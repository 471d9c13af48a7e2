const intervalMs = 250;

/**
 * Calls `act` once the process that started this one has ended: the system then gives this one another parent. The check keeps
 * no process alive.
 */
export function whenParentEnds(act: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, intervalMs).unref();
}
