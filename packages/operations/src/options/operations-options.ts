import type { CanActivate, ModuleMetadata, Type } from '@nestjs/common';
import { SagaDefinitionError } from '@nest-saga/core';
import type { SagaDefinitionProblem } from '@nest-saga/core';
import { checkTable, flag, func, option } from '@nest-saga/core/engine';
import type { OptionsOf } from '@nest-saga/core/engine';

/** A guard of the application: a class, which Nest makes, or an object. */
export type OperationsGuard = Type<CanActivate> | CanActivate;

/** A request as the application knows it, with the properties that its guards set: of any type, as from Nest's `getRequest()`. */
export type PageRequest = ReturnType<typeof JSON.parse>;

/** A value that a person asked to see, and its position. */
export interface RevealedPlace {
  readonly sagaId: string;
  readonly saga: string;
  /** `context` and `start-context` of the saga, or a value of the entry at `seq`. */
  readonly value: 'context' | 'start-context' | 'response' | 'events' | 'payload';
  /** The `seq` of the entry; undefined for the contexts of the saga. */
  readonly seq: number | undefined;
}

const guardRange = 'a guard class, a guard, or a list of them';

/** The options of `SagaOperationsModule.forRoot()`. */
export const operationsOptionTable = {
  /**
   * The path of the page below the application's global prefix.
   *
   * @default 'ops/sagas'
   */
  path: option<string, { readonly default: string }>(
    'a path such as "ops/sagas", without a pattern',
    (value) => typeof value === 'string' && /^\/?[\w.~-]+(?:\/[\w.~-]+)*\/?$/.test(value),
    { default: 'ops/sagas' },
  ),
  /** Decides who sees the page. Every request passes it: the page, its script and style sheet, and all data. Required. */
  guard: option<OperationsGuard | readonly OperationsGuard[]>(guardRange, isGuards),
  /** The name of the person behind a request, for the journal. Required unless `readOnly` or `insecure` is set. */
  actor: func<(request: PageRequest) => string | undefined>('a function from a request to a name'),
  /** The roles of the person behind a request, for approvals that require one. @default none */
  roles: func<(request: PageRequest) => readonly string[]>('a function from a request to a list of roles'),
  /** Called with each value before the page gets it: returns what the person may see. @default the value unchanged */
  redact: func<(value: unknown, place: RevealedPlace) => unknown>('a function from a value to a value'),
  /** The server refuses all actions. @default false */
  readOnly: flag({ default: false }),
  /** Accepts that every person who reaches the page can act, for a machine of a developer. @default false */
  insecure: flag({ default: false }),
  /** The modules that export what the guard injects. @default none */
  imports: option<NonNullable<ModuleMetadata['imports']>>('a list of modules', Array.isArray),
};

/** The options of `SagaOperationsModule.forRoot()`. */
export type SagaOperationsOptions = OptionsOf<typeof operationsOptionTable>;

/** The same with the defaults. */
export interface ResolvedOperationsOptions {
  readonly path: string;
  readonly guards: readonly OperationsGuard[];
  readonly actorOf: (request: unknown) => string | undefined;
  readonly rolesOf: (request: unknown) => readonly string[];
  readonly redact: (value: unknown, place: RevealedPlace) => unknown;
  readonly readOnly: boolean;
}

const where = 'SagaOperationsModule.forRoot()';

/**
 * Checks the options and fills in the defaults.
 *
 * @throws SagaDefinitionError with all problems.
 */
export function resolveOperationsOptions(options: SagaOperationsOptions): ResolvedOperationsOptions {
  const problems = checkTable({ where, path: '' }, options, operationsOptionTable);
  const missing = problems.length > 0 ? [] : missingOptions(options);
  if (problems.length + missing.length > 0) throw new SagaDefinitionError([...problems, ...missing]);
  const { path = 'ops/sagas', guard, actor, roles, redact, readOnly = false, insecure = false } = options;
  return {
    path: path.replace(/^\/|\/$/g, ''),
    guards: guard === undefined ? [] : isList(guard) ? guard : [guard],
    actorOf: actor ?? (() => (insecure ? 'operator' : undefined)),
    rolesOf: roles ?? (() => []),
    redact: redact ?? ((value) => value),
    readOnly,
  };
}

function missingOptions(options: SagaOperationsOptions): readonly SagaDefinitionProblem[] {
  const { guard, actor, readOnly = false, insecure = false } = options;
  if (insecure) return [];
  const problems: SagaDefinitionProblem[] = [];
  if (guard === undefined || (isList(guard) && guard.length === 0))
    problems.push({
      where,
      problem: 'guard is missing, so every person who reaches the page could act on sagas',
      remedy: 'Pass the guard of your staff, or insecure: true on a machine that only you reach',
    });
  if (actor === undefined && !readOnly)
    problems.push({
      where,
      problem: 'actor is missing, so the journal could not say who acted',
      remedy:
        'Pass a function from a request to a name, such as (request) => request.user.email, or readOnly: true',
    });
  return problems;
}

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}

function isGuards(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isGuard) : isGuard(value);
}

function isGuard(value: unknown): boolean {
  return (
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && typeof Reflect.get(value, 'canActivate') === 'function')
  );
}
