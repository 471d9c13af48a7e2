/** An event of a step as a message for a broker. */
export interface SagaMessage {
  /** `sagaId:seq:index`: the same at each repetition, so that a consumer can ignore it. */
  readonly id: string;
  readonly sagaId: string;
  /** The name of the saga. */
  readonly saga: string;
  /** The entry of the journal with the event. It grows within a saga. */
  readonly seq: number;
  /** The place of the event among those of its entry, from 0. */
  readonly index: number;
  /** The name of the event's class, or the saga and the step that emitted it. */
  readonly type: string;
  /** The headers of the trace in which the saga was started, if there are any: `traceparent` and `tracestate`. */
  readonly trace: Readonly<Record<string, string>>;
  /** A CloudEvent as JSON, with the event as its `data`. */
  readonly body: string;
}

/** A broker that takes the events of steps. */
export interface MessageSink {
  /** Names it in the storage: a message that is still to be delivered belongs to this name. */
  readonly name: string;
  /**
   * Whether nothing acknowledges its messages, so that some may be lost. Such a sink is refused unless `lossy` is true.
   *
   * @default false
   */
  readonly isLossy?: boolean;
  /** Whether the application accepts the loss of messages. */
  readonly lossy?: boolean;
  /**
   * Called once before the application starts. Rejects if messages would be lost because of the settings of the broker,
   * which prevents the start. It resolves if the broker cannot be reached: then `publish` checks it later.
   */
  check(): Promise<void>;
  /**
   * Publishes messages of different sagas. Resolves when each message is acknowledged or refused, with one item for each
   * message in the same order: undefined, or the error of a message that was refused. Rejects if the broker cannot be
   * reached: then all messages are published again later, which does not count as a failed attempt of any of them.
   */
  publish(messages: readonly SagaMessage[]): Promise<readonly (Error | undefined)[]>;
  /** Called when the application ends. */
  close?(): Promise<void>;
}
