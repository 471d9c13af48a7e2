import { Inject, Injectable, NotImplementedException } from '@nestjs/common';
import type { Json, JournalEntry } from '@nest-saga/core';
import { InvalidArgumentError, SagaNotFoundError } from '@nest-saga/core';
import { checkNames, checkSagaId, maximumSeq } from '@nest-saga/core/engine';
import { SagaRuntime } from '@nest-saga/nestjs/operations-kit';
import type { HostedEngine } from '@nest-saga/nestjs/operations-kit';
import { namedActor } from '../actions/person-acts.js';
import type { ResolvedOperationsOptions, RevealedPlace } from '../options/operations-options.js';
import type { RevealedView } from '../views/page-views.js';
import { OPERATIONS_OPTIONS } from './operations-options.token.js';

const values: readonly RevealedPlace['value'][] = [
  'context',
  'start-context',
  'response',
  'events',
  'payload',
];

/** Shows a value of a saga to a person who asks for it, after the audit has it. */
@Injectable()
export class ValueReader {
  constructor(
    private readonly runtime: SagaRuntime,
    @Inject(OPERATIONS_OPTIONS) private readonly options: ResolvedOperationsOptions,
  ) {}

  /**
   * One value as the application lets people see it.
   *
   * @throws InvalidArgumentError, SagaNotFoundError, ForbiddenException if the application does not say who it is,
   * NotImplementedException if the storage keeps no audit.
   */
  async reveal(request: unknown, sagaId: string, given: unknown): Promise<RevealedView> {
    const actor = namedActor(this.options.actorOf(request));
    const id = checkSagaId(sagaId);
    const { value, seq } = checkPlace(given);
    return this.runtime.use(async (engine) => {
      const { storage } = engine;
      if (storage.oversight === undefined)
        throw new NotImplementedException('This storage keeps no audit, so it shows no values.');
      const found = await findValue(engine, id, value, seq);
      await storage.oversight.record({ actor, action: `reveal ${value}`, sagaId: id, seq, note: undefined });
      if (found.json === undefined) return {};
      const place = { sagaId: id, saga: found.saga, value, seq };
      const shown = this.options.redact(found.decode(found.json), place);
      const text: string | undefined = JSON.stringify(shown, undefined, 2);
      return text === undefined ? {} : { text };
    });
  }
}

function checkPlace(given: unknown): {
  readonly value: RevealedPlace['value'];
  readonly seq: number | undefined;
} {
  const { value, seq } = checkNames('body', given, ['value', 'seq']) as Record<string, unknown>;
  const found = values.find((one) => one === value);
  if (found === undefined) throw new InvalidArgumentError('value', `pass one of ${values.join(', ')}`);
  const isOfEntry = found !== 'start-context' && (found !== 'context' || seq !== undefined);
  if (!isOfEntry) return { value: found, seq: undefined };
  if (!Number.isSafeInteger(seq) || Number(seq) < 1 || Number(seq) > maximumSeq)
    throw new InvalidArgumentError('seq', 'pass the seq of an entry');
  return { value: found, seq: Number(seq) };
}

interface FoundValue {
  readonly saga: string;
  readonly json: Json | undefined;
  readonly decode: (json: Json) => unknown;
}

async function findValue(
  { storage, reader, registry }: HostedEngine,
  sagaId: string,
  value: RevealedPlace['value'],
  seq: number | undefined,
): Promise<FoundValue> {
  if (seq === undefined) {
    const standing = await reader.find(sagaId);
    if (standing === undefined) throw new SagaNotFoundError(sagaId);
    const { header, context } = standing;
    const { codec } = registry.find(header.saga, header.version) ?? { codec: registry.defaultCodec };
    const json = value === 'context' ? context : header.context;
    return { saga: header.saga, json, decode: (text) => codec.decode(text, { sagaId }) };
  }
  const loaded = await storage.load(sagaId, seq - 1);
  if (loaded === undefined) throw new SagaNotFoundError(sagaId);
  const { saga, version } = loaded.header;
  const { codec } = registry.find(saga, version) ?? { codec: registry.defaultCodec };
  const entry = loaded.entries.find((one) => one.seq === seq);
  const json = entry === undefined ? undefined : valueOf(entry, value);
  return { saga, json, decode: (text) => codec.decode(text, { sagaId }) };
}

function valueOf(entry: JournalEntry, value: string): Json | undefined {
  const found: unknown = Reflect.get(entry, value);
  return typeof found === 'string' ? found : undefined;
}
