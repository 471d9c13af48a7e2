import type { CodecPlace, ContextCodec } from '../context/context-codec.js';
import { jsonContextCodec } from '../context/context-codec.js';
import { SagaNotRegisteredError } from '../errors/saga-not-registered-error.js';
import { placedDefinition } from './placed-definition.js';
import type { SagaDefinition } from './saga-definition.js';

/** A saga's name and version, by which a worker names the sagas that it can run. */
export interface SagaIdentity {
  readonly saga: string;
  readonly version: number;
}

/** The sagas that one process can run, found by name and version or by the class of a context. */
export class SagaRegistry {
  private readonly byIdentity = new Map<string, SagaDefinition>();
  private readonly latestByName = new Map<string, SagaDefinition>();
  /** All names and versions in the registry. */
  readonly identities: readonly SagaIdentity[];

  /** @param defaultCodec The codec of sagas that are not registered in this process. */
  constructor(
    readonly definitions: readonly SagaDefinition[],
    readonly defaultCodec: ContextCodec = jsonContextCodec,
  ) {
    for (const definition of definitions) {
      this.byIdentity.set(identityKey(definition.name, definition.version), definition);
      const latest = this.latestByName.get(definition.name);
      if (latest === undefined || latest.version < definition.version)
        this.latestByName.set(definition.name, definition);
    }
    this.identities = definitions.map(({ name, version }) => ({ saga: name, version }));
  }

  /** The definition of a stored execution, or undefined if it is not registered in this process. */
  find(saga: string, version: number): SagaDefinition | undefined {
    return this.byIdentity.get(identityKey(saga, version));
  }

  /** The definition for one stored execution, whose codec knows its place; undefined if it is not registered here. */
  findFor({ saga, version, sagaId }: SagaIdentity & CodecPlace): SagaDefinition | undefined {
    const definition = this.find(saga, version);
    return definition && placedDefinition(definition, { sagaId });
  }

  /**
   * The definition for a new execution: the newest version with this name, or of the only saga whose context class the
   * context is an instance of.
   *
   * @throws SagaNotRegisteredError if none or several match.
   */
  getForStart(context: unknown, name?: string): SagaDefinition {
    return name === undefined ? this.getByContext(context) : this.getByName(name);
  }

  private getByName(name: string): SagaDefinition {
    const definition = this.latestByName.get(name);
    if (definition !== undefined) return definition;
    throw new SagaNotRegisteredError(
      `the name "${name}"`,
      this.names(),
      `Provide its @Saga() class in a module of this application. ${lazyRemedy}`,
    );
  }

  private getByContext(context: unknown): SagaDefinition {
    const contextClass = classOf(context);
    const fitting = [...this.latestByName.values()].filter(
      (definition) => definition.context !== undefined && definition.context === contextClass,
    );
    const [only] = fitting;
    if (only !== undefined && fitting.length === 1) return only;
    const asked = `a context of class ${contextClass?.name ?? typeof context}`;
    if (fitting.length === 0) {
      throw new SagaNotRegisteredError(
        asked,
        this.names(),
        `Pass an instance of a saga's context class, or name the saga with the option "saga". ${lazyRemedy}`,
      );
    }
    const names = fitting.map(({ name }) => name).join(', ');
    throw new SagaNotRegisteredError(
      asked,
      this.names(),
      `It serves several sagas (${names}); name one with the option "saga"`,
    );
  }

  private names(): readonly string[] {
    return [...this.latestByName.keys()];
  }
}

const lazyRemedy =
  'The sagas of a module that is loaded lazily come too late: import it when the application starts';

function classOf(context: unknown): { readonly name: string } | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  const prototype: unknown = Object.getPrototypeOf(context);
  const constructor: unknown =
    typeof prototype === 'object' && prototype !== null ? Reflect.get(prototype, 'constructor') : undefined;
  return typeof constructor === 'function' ? constructor : undefined;
}

function identityKey(name: string, version: number): string {
  return `${name}@${version}`;
}
