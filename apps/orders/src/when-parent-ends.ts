const intervalMs = 250;

/**
 * Calls `act` when the parent process has ended: the system then gives this process another parent. The check does not
 * keep the process alive.
 */
export function whenParentEnds(act: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, intervalMs).unref();
}
