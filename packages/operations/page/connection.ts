import { useEffect, useState } from 'preact/hooks';

/** Whether the server answers. */
export type Connection = 'live' | 'away';

let current: Connection = 'live';
const listeners = new Set<(connection: Connection) => void>();

export function setConnection(connection: Connection): void {
  if (connection === current) return;
  current = connection;
  for (const listener of listeners) listener(connection);
}

export function useConnection(): Connection {
  const [connection, set] = useState(current);
  useEffect(() => {
    listeners.add(set);
    return () => void listeners.delete(set);
  }, []);
  return connection;
}
