import type { OpenContestant } from './contestant.js';

/** Where the peer's contestant is: in a folder with a lockfile of its own, which `install-peer` installs. */
const peerModule = new URL('../../peers/dbos/contestant.mjs', import.meta.url);

/** DBOS: a workflow of steps with its compensations in the catch. */
export const openDbos: OpenContestant = async (options) => {
  const { openDbos } = (await import(peerModule.href)) as { readonly openDbos: OpenContestant };
  return await openDbos(options);
};
