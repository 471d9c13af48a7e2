import { inspect } from 'node:util';
import type { DynamicModule, Type } from '@nestjs/common';
import { CommandError } from '../command-error.js';

/** A class or a dynamic module: both can be the root of a Nest application. */
export type RootModule = Type | DynamicModule;

type Exports = Readonly<Record<string, unknown>>;

/**
 * Finds the root module among the exports of a file: the named one, else the only one, else `AppModule`.
 *
 * @throws CommandError if there is none or the choice is not clear; the message lists the candidates.
 */
export async function findRootModule(
  exported: Exports,
  file: string,
  exportName: string | undefined,
): Promise<RootModule> {
  const found = namedExports(exported);
  const name = exportName ?? guessName(found, file);
  const value: unknown = Object.hasOwn(found, name) ? await found[name] : undefined;
  if (isDynamicModule(value)) return value;
  if (isModuleClass(value)) return makeModule(value, name);
  throw new CommandError(
    value === undefined
      ? `${file} has no export "${name}". It exports: ${list(Object.keys(found))}.`
      : `The export "${name}" of ${file} is not a module. Modules there: ${list(modulesIn(found))}.`,
  );
}

// `default` holds all exports of a CommonJS file; Node detects only some of them as named exports.
function namedExports(exported: Exports): Exports {
  const { default: all, 'module.exports': _, ...named } = exported;
  if (all === undefined) return named;
  return isRecord(all) && !isDynamicModule(all) ? { ...all, ...named } : { ...named, default: all };
}

function guessName(found: Exports, file: string): string {
  const names = modulesIn(found);
  const [only] = names;
  if (names.length === 1 && only !== undefined) return only;
  if (names.includes('AppModule')) return 'AppModule';
  throw new CommandError(
    names.length === 0
      ? `${file} exports no module. It exports: ${list(Object.keys(found))}.`
      : `${file} exports several modules: say which with --export. There are: ${list(names)}.`,
  );
}

function modulesIn(found: Exports): readonly string[] {
  return Object.keys(found).filter((name) => isDynamicModule(found[name]) || isModuleClass(found[name]));
}

// A module decorated with `@Module({})` has no metadata. Most such modules are made by a static method.
function isModuleClass(value: unknown): value is Type {
  if (typeof value !== 'function') return false;
  const isDecorated = ['imports', 'providers', 'controllers', 'exports'].some((key) =>
    Reflect.hasMetadata(key, value),
  );
  return isDecorated || makerOf(value) !== undefined;
}

async function makeModule(moduleClass: Type, name: string): Promise<RootModule> {
  const maker = makerOf(moduleClass);
  if (maker === undefined) return moduleClass;
  const call = `${name}.${maker}({})`;
  try {
    const made: unknown = await (moduleClass as Type & Maker)[maker]({});
    if (isDynamicModule(made)) return made;
  } catch (error) {
    throw new CommandError(
      `${call} failed: the module needs settings. Export one that has them, such as ` +
        `"export const drawnModule = ${name}.${maker}(settings)", and pass --export drawnModule.\n\n${inspect(error)}`,
    );
  }
  throw new CommandError(`${call} gave no module. Export one, and name it with --export.`);
}

type Maker = Readonly<Record<'forRoot' | 'register', (settings: object) => unknown>>;

function makerOf(moduleClass: object): 'forRoot' | 'register' | undefined {
  return (['forRoot', 'register'] as const).find(
    (method) => typeof Reflect.get(moduleClass, method) === 'function',
  );
}

function isDynamicModule(value: unknown): value is DynamicModule {
  return isRecord(value) && typeof value['module'] === 'function';
}

function isRecord(value: unknown): value is Exports {
  return typeof value === 'object' && value !== null;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
