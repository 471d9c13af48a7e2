import { connect } from 'node:net';

/** A broker that tests need. */
export interface Broker {
  readonly name: string;
  readonly port: number;
  /** The command of Debian that installs and starts it. */
  readonly remedy: string;
}

/** Whether a server listens on this port of the machine. */
export function isReachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
