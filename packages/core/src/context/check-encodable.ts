import { ContextNotStorableError } from '../errors/context-not-storable-error.js';
import { isSagaError } from '../identity/thrown.js';
import { hidesState, isDate, isPlainArray, isPlainObject } from '../identity/values.js';
import { maximumEncodedBytes, SizeBudget } from './size-budget.js';

/** The deepest nesting that can be stored; the value itself is at depth 1. */
export const maximumDepth = 64;

const dateMarkKey = /^\$+date$/;
const unstorableText = /[\u0000\p{Surrogate}]/u;

/**
 * Walks a value and refuses, with its path, everything that would not be the same after JSON: `NaN` and the
 * infinities, `BigInt`, functions, symbols, `undefined` or holes in arrays, instances of classes, cycles,
 * `__proto__` keys, properties that are not enumerable, NUL characters and lone surrogates (which PostgreSQL refuses),
 * nesting over 64 levels and values of more than 1 MiB. A property that is `undefined` counts as
 * absent. The root itself may be an instance of a class that keeps its state in fields.
 *
 * @param name What to call the root in a path, for example `context`.
 * @returns Whether the value holds a `Date`, or a key that looks like the codec's own mark for one.
 * @throws ContextNotStorableError
 */
export function checkEncodable(value: unknown, name: string): boolean {
  const walker = new EncodableWalker(name);
  walker.walkRoot(value);
  return walker.needsMarks;
}

/** Keeps the path to the current value as a stack, so that it is only written out for an error. */
class EncodableWalker {
  needsMarks = false;
  private readonly trail: (string | number)[] = [];
  private readonly ancestors: object[] = [];
  private readonly budget = new SizeBudget();

  constructor(private readonly name: string) {}

  walkRoot(value: unknown): void {
    try {
      this.walk(value);
    } catch (error) {
      if (isSagaError(error, 'SAGA_CONTEXT_NOT_STORABLE')) throw error;
      // A getter or a proxy of the application threw.
      this.refuse('it cannot be read: a getter or a proxy threw an error');
    }
  }

  private walk(value: unknown): void {
    if (!this.budget.takes(value)) this.refuseSize();
    switch (typeof value) {
      case 'string':
        return this.checkText(value);
      case 'number':
        return Number.isFinite(value) ? undefined : this.refuse(`${value} is not a JSON number`);
      case 'boolean':
        return;
      case 'object':
        return value === null ? undefined : this.walkObject(value);
      default:
        return this.refuse(`${describeType(value)} does not exist in JSON`);
    }
  }

  private walkObject(value: object): void {
    if (isDate(value)) return this.checkDate(value);
    if (this.ancestors.includes(value)) return this.refuse('it refers back to one of its parents (a cycle)');
    if (this.ancestors.length >= maximumDepth)
      return this.refuse(`it is nested deeper than ${maximumDepth} levels`);
    this.ancestors.push(value);
    if (Array.isArray(value)) this.walkArray(value);
    else this.walkProperties(value);
    this.ancestors.pop();
  }

  private walkArray(values: readonly unknown[]): void {
    if (!isPlainArray(values)) {
      return this.refuse('it is an array of a subclass, which would come back as a plain array');
    }
    for (let index = 0; index < values.length; index++) {
      const item = values[index];
      this.trail.push(index);
      if (item === undefined) this.refuse('undefined in an array would become null');
      this.walk(item);
      this.trail.pop();
    }
    // `Reflect.ownKeys` includes the length of an array.
    if (Reflect.ownKeys(values).length !== values.length + 1)
      this.refuse('it is an array with properties, which JSON drops');
  }

  private walkProperties(value: object): void {
    this.checkClass(value);
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === 'symbol') return this.refuse('it has a property whose key is a symbol');
      this.trail.push(key);
      this.walkProperty(value, key);
      this.trail.pop();
    }
  }

  private walkProperty(value: object, key: string): void {
    if (key === '__proto__') this.refuse('the key __proto__ can poison a merge');
    this.checkText(key);
    if (!Object.prototype.propertyIsEnumerable.call(value, key))
      this.refuse('it is not enumerable, so JSON leaves it out');
    if (dateMarkKey.test(key)) this.needsMarks = true;
    const property: unknown = Reflect.get(value, key);
    if (property === undefined) return;
    if (!this.budget.takesKey(key)) this.refuseSize();
    this.walk(property);
  }

  private checkClass(value: object): void {
    if (isPlainObject(value)) return;
    if (this.ancestors.length > 1) this.refuse(`${describeType(value)} would come back as a plain object`);
    if (hidesState(value))
      this.refuse(
        `${describeType(value)} keeps its state where JSON does not look, not in fields of its own`,
      );
  }

  private checkDate(value: Date): void {
    if (Number.isNaN(Date.prototype.getTime.call(value))) this.refuse('it is an invalid Date');
    if (Object.keys(value).length > 0) this.refuse('it is a Date with properties, which would be lost');
    this.needsMarks = true;
  }

  private checkText(text: string): void {
    if (unstorableText.test(text))
      this.refuse('it holds a NUL character or a lone surrogate, which is not storable text');
  }

  private refuseSize(): never {
    throw new ContextNotStorableError(
      this.name,
      `it takes more than the limit of ${maximumEncodedBytes} bytes. Store a reference instead`,
    );
  }

  private refuse(problem: string): never {
    throw new ContextNotStorableError(this.path(), problem);
  }

  private path(): string {
    const steps = this.trail.map((step) => (typeof step === 'number' ? `[${step}]` : `.${printable(step)}`));
    return this.name + steps.join('');
  }
}

function printable(key: string): string {
  return unstorableText.test(key) ? JSON.stringify(key) : key.slice(0, 100);
}

function describeType(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  const constructor: unknown = Reflect.get(value, 'constructor');
  const isNamed = typeof constructor === 'function' && constructor.name !== '';
  return isNamed ? `an instance of ${constructor.name}` : 'an object of an unknown class';
}
