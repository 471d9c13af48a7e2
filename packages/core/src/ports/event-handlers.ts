import type { SagaReference } from './saga-listener.js';

/** An event that a step emitted, with its position: `sagaId`, `seq` and `index` identify a repeated delivery. */
export interface EmittedEventReference extends SagaReference {
  /** The `seq` of the entry with which it was stored. */
  readonly seq: number;
  /** Its index among the events of that entry, from 0. */
  readonly index: number;
  readonly step: string;
  /** The name under which the event's class is stored, if it was an instance of a class. */
  readonly name?: string;
  /** As the codec decodes it, with its class; delivered again after a recovery, it has none. */
  readonly event: unknown;
}

/** One handler of one event. */
export interface EventHandler {
  /** The same for each event, so that the journal and an operator can name it. */
  readonly name: string;
  /** Handles the event. It is called again after an attempt that threw, rejected or took too long. */
  handle(): unknown;
  /** Called after every attempt has failed; the saga continues. */
  onGivenUp?(error: unknown): void;
}

/** The handlers of the events of steps in this process. */
export interface EventHandlers {
  /** The handlers of an event; without any, the saga does not wait. Called once for each delivery. */
  handlersOf(event: EmittedEventReference): readonly EventHandler[];
  /**
   * Whether there may be a handler at the moment. If there is none, events that sinks take cost no further entry.
   *
   * @default true
   */
  mayHandle?(): boolean;
}
