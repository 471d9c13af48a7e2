import type { CancelTimer } from '../ports/clock.js';
import type { OutboxRelayDependencies } from './outbox-relay-dependencies.js';
import type { SinkChannel } from './sink-channel.js';

/** The most messages of one read. */
const batchSize = 200;

/** Takes the messages that no process has leased, for the sinks that have room. One read for each sink at a time. */
export class Leftovers {
  private readonly looking = new Map<SinkChannel, { isAskedAgain: boolean }>();
  /** The channels that got messages at the last look: when these are delivered, their sagas may have further ones. */
  private readonly fed = new Set<SinkChannel>();
  private cancelTimer: CancelTimer | undefined;
  private isStopped = true;

  constructor(
    private readonly dependencies: Pick<OutboxRelayDependencies, 'outbox' | 'clock' | 'ids' | 'surroundings'>,
    private readonly channels: readonly SinkChannel[],
    private readonly relay: string,
    private readonly options: { readonly leaseMs: number; readonly intervalMs: number },
    private readonly onTrouble: (operation: string, error: unknown) => void,
  ) {}

  start(): void {
    if (this.channels.length === 0) return;
    this.isStopped = false;
    this.lookAndSchedule();
  }

  stop(): void {
    this.isStopped = true;
    this.cancelTimer?.();
  }

  /** Looks at once. */
  lookSoon(): void {
    for (const channel of this.channels) this.look(channel);
  }

  /** Looks at once for the channels that got messages last time. */
  lookAgain(): void {
    for (const channel of this.fed) this.look(channel);
  }

  private lookAndSchedule(): void {
    if (this.isStopped) return;
    this.lookSoon();
    const { clock, ids } = this.dependencies;
    const delayMs = this.options.intervalMs * (0.8 + 0.4 * ids.random());
    this.cancelTimer = clock.startTimer(delayMs, () => this.lookAndSchedule());
  }

  private look(channel: SinkChannel): void {
    if (this.isStopped) return;
    const looking = this.looking.get(channel);
    if (looking !== undefined) looking.isAskedAgain = true;
    else this.dependencies.surroundings.run(() => void this.takeAll(channel));
  }

  private async takeAll(channel: SinkChannel): Promise<void> {
    const looking = { isAskedAgain: false };
    this.looking.set(channel, looking);
    try {
      do {
        looking.isAskedAgain = false;
        await this.take(channel);
      } while (looking.isAskedAgain && !this.isStopped);
    } catch (error) {
      this.fed.delete(channel);
      this.onTrouble('outbox.take', error);
    } finally {
      this.looking.delete(channel);
    }
  }

  private async take(channel: SinkChannel): Promise<void> {
    const { outbox, clock } = this.dependencies;
    const { names, sagas, skipsParked } = channel.sink;
    const { leaseMs } = this.options;
    for (;;) {
      const limit = Math.min(batchSize, channel.room);
      if (limit === 0 || this.isStopped) return;
      const leasedUntil = clock.monotonicNow() + leaseMs;
      const request = { relay: this.relay, sinks: names, skipsParked, limit, leaseMs };
      const taken = await outbox.take(sagas === undefined ? request : { ...request, sagas });
      channel.add(taken.map((message) => ({ ...message, leasedUntil })));
      if (taken.length === 0) this.fed.delete(channel);
      else this.fed.add(channel);
      if (taken.length < limit) return;
    }
  }
}
