import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** The part of a statement that is lost if the way to the server breaks. */
type LostPart = 'request' | 'answer';

/** A way to the server that can be made to swallow everything, or to break in the middle of a statement. */
export async function openProxy(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  let nextLost: LostPart | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let lost: LostPart | undefined;
    let heard = Buffer.alloc(0);
    client.on('data', (chunk: Buffer) => {
      if (isFrozen) return;
      if (nextLost !== undefined) [lost, nextLost] = [nextLost, undefined];
      if (lost === 'request') client.destroy();
      else upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (isFrozen) return;
      if (lost === undefined) return void client.write(chunk);
      heard = Buffer.concat([heard, chunk]).subarray(-readyForQuery.length - 1);
      // Not before: what the server says earlier, it says before it has committed.
      if (heard.subarray(0, -1).equals(readyForQuery)) client.destroy();
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze: () => {
      isFrozen = true;
    },
    thaw: () => {
      isFrozen = false;
      // Its earlier traffic is out of step.
      for (const socket of sockets) socket.destroy();
    },
    /** Breaks the connection of the next statement: before it arrives, or once the server has done it. */
    loseNext: (part: LostPart) => {
      nextLost = part;
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** The head of the message with which the server ends its answer; one byte, the state of the transaction, follows. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5]);
