import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** The fate of the bytes between a client and the server. */
export type ProxyConduct =
  | { readonly kind: 'pass' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** No bytes arrive in either direction, and neither side gets an error. */
  | { readonly kind: 'drop' }
  /** Requests arrive, but their answers do not. */
  | { readonly kind: 'requests-only' }
  /** Answers arrive, but new requests do not. */
  | { readonly kind: 'answers-only' }
  /** One in `every` writes arrives without its end, which would commit it, and the connection breaks. */
  | { readonly kind: 'cut-before-commit'; readonly every: number }
  /** One in `every` writes is committed, and the connection breaks before its answer. */
  | { readonly kind: 'lose-answer'; readonly every: number };

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Whether the answer to the last request must not arrive. */
  isLosing: boolean;
}

/** The message that ends an extended query, and commits it if it runs outside a transaction: `Sync`. */
const sync = Buffer.from([0x53, 0, 0, 0, 4]);

/** A connection to the database server with the faults of a network. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private conduct: ProxyConduct = { kind: 'pass' };
  private writes = 0;
  private withheldBytes = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  /** Listens on a free port of this machine. */
  static async open(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new TcpProxy(server, target);
  }

  /** The URL of a database through this proxy. */
  urlOf(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** The number of bytes that were held back since the last change of conduct. */
  get withheld(): number {
    return this.withheldBytes;
  }

  behave(conduct: ProxyConduct): void {
    this.conduct = conduct;
    this.withheldBytes = 0;
    this.writes = 0;
  }

  /** Breaks all connections with an RST. */
  resetAll(): void {
    for (const pair of this.pairs) this.break(pair);
  }

  /** Works normally again. Connections on which bytes were lost are broken: TCP never delivers a stream with a gap. */
  heal(): void {
    this.behave({ kind: 'pass' });
    this.resetAll();
  }

  async close(): Promise<void> {
    this.resetAll();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private accept(client: Socket): void {
    const server = connect(this.target);
    const pair: Pair = { client, server, isLosing: false };
    this.pairs.add(pair);
    for (const socket of [client, server]) {
      socket.setNoDelay();
      socket.on('error', () => this.break(pair));
      socket.on('close', () => this.break(pair));
    }
    client.on('data', (bytes) => this.request(pair, bytes));
    server.on('data', (bytes) => this.answer(pair, bytes));
  }

  private request(pair: Pair, bytes: Buffer): void {
    const { conduct } = this;
    switch (conduct.kind) {
      case 'drop':
      case 'answers-only':
        this.withheldBytes += bytes.length;
        return;
      case 'delay':
        this.later(conduct.delayMs, pair.server, bytes);
        return;
      case 'cut-before-commit':
        if (!this.isTurn(bytes, conduct.every)) break;
        pair.server.write(bytes.subarray(0, bytes.length - sync.length));
        // Long enough for the server to do everything except commit.
        setTimeout(() => this.break(pair), 30);
        return;
      case 'lose-answer':
        if (this.isTurn(bytes, conduct.every)) pair.isLosing = true;
        break;
      default:
    }
    pair.server.write(bytes);
  }

  private answer(pair: Pair, bytes: Buffer): void {
    const { conduct } = this;
    if (pair.isLosing) return this.break(pair);
    if (conduct.kind === 'drop' || conduct.kind === 'requests-only') {
      this.withheldBytes += bytes.length;
      return;
    }
    if (conduct.kind === 'delay') this.later(conduct.delayMs, pair.client, bytes);
    else pair.client.write(bytes);
  }

  // Timers of one length fire in their order, so the bytes stay in order.
  private later(delayMs: number, socket: Socket, bytes: Buffer): void {
    setTimeout(() => {
      if (!socket.destroyed) socket.write(bytes);
    }, delayMs);
  }

  private isTurn(bytes: Buffer, every: number): boolean {
    if (bytes.length <= sync.length || !bytes.subarray(-sync.length).equals(sync)) return false;
    this.writes++;
    return this.writes % every === 0;
  }

  private break(pair: Pair): void {
    if (!this.pairs.delete(pair)) return;
    for (const socket of [pair.client, pair.server]) {
      if (socket.destroyed) continue;
      socket.resetAndDestroy();
    }
  }
}
