import { ForbiddenException, Inject, Injectable } from '@nestjs/common';
import { InvalidArgumentError, SagaNotFoundError } from '@nest-saga/core';
import {
  asSeen,
  cancelRequest,
  checkNames,
  checkSagaId,
  checkText,
  decisionRequest,
  resolveRequest,
  retryRequest,
  signalRequest,
} from '@nest-saga/core/engine';
import type { SagaRequest } from '@nest-saga/core/engine';
import { redeliverAction } from '@nest-saga/core/storage-kit';
import { SagaRuntime } from '@nest-saga/nestjs/operations-kit';
import type { HostedEngine } from '@nest-saga/nestjs/operations-kit';
import type { ResolvedOperationsOptions } from '../options/operations-options.js';
import { OPERATIONS_OPTIONS } from '../server/operations-options.token.js';
import type { ActionRequest, ActionResult, BulkResult } from '../views/page-views.js';
import { signalsOf } from './offered-actions.js';

/** The person who acts. */
export interface ActingPerson {
  readonly actor: string;
  readonly roles: readonly string[];
}

/** The most sagas of one part of a bulk action. */
export const sagasAtATime = 100;
const atOnce = 10;

const names = [
  'retry',
  'resolve-done',
  'resolve-not-done',
  'cancel',
  'signal',
  'approve',
  'reject',
  'redeliver',
  'reverse',
];
const known = ['name', 'seq', 'note', 'target', 'entry', 'payload', 'requestId'];

/** Carries out what people do, with their names, their notes, and what they saw. */
@Injectable()
export class PersonActs {
  constructor(
    private readonly runtime: SagaRuntime,
    @Inject(OPERATIONS_OPTIONS) private readonly options: ResolvedOperationsOptions,
  ) {}

  /**
   * The person behind a request.
   *
   * @throws ForbiddenException if the page is read-only, or the application does not say who it is.
   */
  personOf(request: unknown): ActingPerson {
    const { actorOf, rolesOf, readOnly } = this.options;
    if (readOnly) throw new ForbiddenException('This page is read-only.');
    return { actor: namedActor(actorOf(request)), roles: rolesOf(request) };
  }

  /**
   * Carries out one action. Resolves when it is durable.
   *
   * @throws InvalidArgumentError, SagaNotFoundError, SagaStatusError if the saga refuses it or another person has acted
   * since, ApprovalForbiddenError
   */
  async act(person: ActingPerson, sagaId: string, given: unknown): Promise<ActionResult> {
    const id = checkSagaId(sagaId);
    const asked = checkRequest(given);
    return this.runtime.use(async (engine) => {
      if (asked.name === 'redeliver') return redeliver(engine, person, id, asked);
      if (asked.name === 'reverse') return reverse(engine, person, id, asked);
      await engine.requests.request(id, asSeen(await requestOf(engine, person, id, asked), asked.seq));
      return {};
    });
  }

  /**
   * Carries out one action on some sagas, and gives those that refused it.
   *
   * @throws InvalidArgumentError
   */
  async actOnMany(person: ActingPerson, given: unknown): Promise<BulkResult> {
    const { name, note, sagas } = checkNames('body', given, ['name', 'note', 'sagas']) as Record<
      string,
      unknown
    >;
    if (name !== 'retry' && name !== 'cancel')
      throw new InvalidArgumentError('name', 'pass "retry" or "cancel"');
    if (!Array.isArray(sagas) || sagas.length === 0 || sagas.length > sagasAtATime)
      throw new InvalidArgumentError('sagas', `pass a list of 1 to ${sagasAtATime} sagas`);
    const failures: { sagaId: string; message: string }[] = [];
    const rest = sagas.map(
      (one: unknown) => checkNames('sagas', one, ['sagaId', 'seq']) as Record<string, unknown>,
    );
    const next = async (): Promise<void> => {
      for (let one = rest.shift(); one !== undefined; one = rest.shift()) {
        const { sagaId, seq } = one;
        try {
          await this.act(person, String(sagaId), { name, note, seq });
        } catch (error) {
          failures.push({ sagaId: String(sagaId), message: messageOf(error) });
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    return { failures };
  }
}

/** @throws ForbiddenException */
export function namedActor(actor: string | undefined): string {
  if (typeof actor === 'string' && actor !== '') return actor.slice(0, 200);
  throw new ForbiddenException('The application does not say who you are, so the journal could not, either.');
}

function checkRequest(given: unknown): ActionRequest {
  const asked = checkNames('body', given, known) as unknown as ActionRequest;
  if (!Number.isSafeInteger(asked.seq) || asked.seq < 0)
    throw new InvalidArgumentError('seq', 'pass the seq of the last entry that you saw');
  return asked;
}

async function requestOf(
  engine: HostedEngine,
  { actor, roles }: ActingPerson,
  sagaId: string,
  { name, note, target, payload, requestId }: ActionRequest,
): Promise<SagaRequest> {
  const said = note === undefined || note === '' ? {} : { note };
  switch (name) {
    case 'retry':
      return retryRequest(actor, said.note);
    case 'resolve-done':
      return resolveRequest(text('target', target), actor, text('note', note), 'done');
    case 'resolve-not-done':
      return resolveRequest(text('target', target), actor, text('note', note), 'not-done');
    case 'cancel':
      return cancelRequest(text('note', note), actor);
    case 'approve':
      return decisionRequest(text('target', target), { decision: 'approved', actor, roles, ...said });
    case 'reject':
      return decisionRequest(text('target', target), { decision: 'rejected', actor, roles, ...said });
    case 'signal':
      return signalOf(engine, sagaId, text('target', target), payload, {
        actor,
        ...(requestId === undefined ? {} : { dedupeId: requestId }),
      });
    case 'redeliver':
    case 'reverse':
    default:
      throw new InvalidArgumentError('name', `pass one of ${names.join(', ')}`);
  }
}

async function signalOf(
  { storage, registry }: HostedEngine,
  sagaId: string,
  name: string,
  payload: unknown,
  options: { readonly actor: string; readonly dedupeId?: string },
): Promise<SagaRequest> {
  const header = await storage.find(sagaId);
  if (header === undefined) throw new SagaNotFoundError(sagaId);
  const definition = registry.find(header.saga, header.version);
  const signal = definition && signalsOf(definition).find((one) => one.name === name);
  if (signal === undefined)
    throw new InvalidArgumentError('target', 'pass the name of a signal of this saga');
  return signalRequest(signal, payload, options);
}

/** A saga that has completed never changes, so there is nothing that another person could have changed in the meantime. */
async function reverse(
  { reversals }: HostedEngine,
  { actor }: ActingPerson,
  sagaId: string,
  { note }: ActionRequest,
): Promise<ActionResult> {
  const started = await reversals.reverse(sagaId, { actor, note: text('note', note) });
  return { sagaId: started.sagaId };
}

/** The audit comes first: if it cannot be written, nothing is delivered. */
async function redeliver(
  { storage, redelivery }: HostedEngine,
  { actor }: ActingPerson,
  sagaId: string,
  { entry, note }: ActionRequest,
): Promise<ActionResult> {
  if (!Number.isSafeInteger(entry) || entry === undefined)
    throw new InvalidArgumentError('entry', 'pass the seq of the entry with the events');
  const said = note === undefined || note === '' ? undefined : checkText('note', note, 1_000);
  await storage.oversight?.record({ actor, action: redeliverAction, sagaId, seq: entry, note: said });
  const failed = await redelivery.redeliver(sagaId, entry);
  return { failedHandlers: failed.map(({ handler }) => handler) };
}

function text(name: string, value: unknown): string {
  return checkText(name, value, 1_000);
}

function messageOf(error: unknown): string {
  const message: unknown = Reflect.get(Object(error) as object, 'message');
  return typeof message === 'string' ? message : 'it failed';
}
