/** The parts of the filter `waiting`. Without a name it is a kind of wait. */
export function waitingFilter(waiting: string): { readonly for: string; readonly name: string | undefined } {
  const end = waiting.indexOf(':');
  return end === -1
    ? { for: waiting, name: undefined }
    : { for: waiting.slice(0, end), name: waiting.slice(end + 1) };
}
