import type { MessageSink, SagaMessage } from '@nest-saga/core/engine';
import { firstValueFrom, isObservable } from 'rxjs';

/** The part of a `ClientProxy` of `@nestjs/microservices` that the sink uses. */
export interface ClientProxyLike {
  emit(pattern: string, data: unknown): unknown;
}

/** The options of {@link clientProxySink}. */
export interface ClientProxySinkOptions {
  /** The client of a transport: TCP, MQTT, NATS core, Redis pub/sub. */
  readonly client: ClientProxyLike;
  /** @default 'client-proxy' */
  readonly name?: string;
  /** The pattern of a message. @default its type */
  readonly pattern?: (message: SagaMessage) => string;
  /** Has to be true: no consumer and no broker acknowledges what `emit` sends, so messages may be lost. */
  readonly lossy?: boolean;
}

/**
 * A sink over the `emit()` of a `ClientProxy`. Nothing acknowledges its messages, so the application does not start with it
 * unless `lossy` is true.
 *
 * @example
 * SagaModule.forRoot({ events: { sinks: [clientProxySink({ client, lossy: true })] } });
 */
export function clientProxySink({
  client,
  name = 'client-proxy',
  pattern = ({ type }) => type,
  lossy = false,
}: ClientProxySinkOptions): MessageSink {
  const emit = async (message: SagaMessage): Promise<Error | undefined> => {
    const sent = client.emit(pattern(message), JSON.parse(message.body) as unknown);
    if (isObservable(sent)) await firstValueFrom(sent, { defaultValue: undefined });
    return undefined;
  };
  return {
    name,
    isLossy: true,
    lossy,
    check: () => Promise.resolve(),
    publish: (messages) => Promise.all(messages.map(emit)),
  };
}
