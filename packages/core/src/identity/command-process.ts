const mark = Symbol.for('@nest-saga/command-process');

/**
 * Whether this process is a command of `nest-saga` that loaded an application. Such a process runs no sagas and changes no tables. The
 * mark is global, so that every copy of the packages sees it.
 */
export function isCommandProcess(): boolean {
  return Reflect.get(globalThis, mark) === true;
}

/** Marks this process as a command, until its end. */
export function markCommandProcess(): void {
  Reflect.set(globalThis, mark, true);
}
