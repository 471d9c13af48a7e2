import type { MessageSink, SagaMessage } from '@nest-saga/core/engine';

/**
 * A sink that keeps the messages in memory. A test can make it unreachable, let it refuse messages, or delay its answers.
 *
 * @example
 * const sink = new FakeSink('broker');
 * SagaModule.forRoot({ events: { sinks: [sink] } });
 * expect(sink.ids).toEqual([`${sagaId}:1:0`]);
 */
export class FakeSink implements MessageSink {
  /** All messages that it acknowledged, in order. A repeated one is repeated here. */
  readonly messages: SagaMessage[] = [];
  /** All messages of all calls, acknowledged or not. */
  readonly asked: SagaMessage[] = [];
  /** Whether it cannot be reached. */
  isDown = false;
  /** Why it refuses a message; undefined: it acknowledges it. */
  refuse: (message: SagaMessage) => Error | undefined = () => undefined;
  /** Called before each answer: an answer waits for the promise. */
  beforeAnswer: () => Promise<void> = () => Promise.resolve();

  constructor(readonly name = 'broker') {}

  /** The ids of the acknowledged messages. */
  get ids(): readonly string[] {
    return this.messages.map(({ id }) => id);
  }

  async check(): Promise<void> {}

  async publish(messages: readonly SagaMessage[]): Promise<readonly (Error | undefined)[]> {
    if (this.isDown) throw new Error(`${this.name} cannot be reached`);
    this.asked.push(...messages);
    const answers = messages.map((message) => this.refuse(message));
    this.messages.push(...messages.filter((_message, index) => answers[index] === undefined));
    await this.beforeAnswer();
    return answers;
  }
}
