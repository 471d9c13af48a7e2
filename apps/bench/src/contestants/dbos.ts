import type { OpenContestant } from './contestant.js';

/** The file of the peer's contestant: in a folder with its own lockfile, which `install-peer` installs. */
const peerModule = new URL('../../peers/dbos/contestant.mjs', import.meta.url);

/** DBOS: a workflow of steps with its compensations in the catch. */
export const openDbos: OpenContestant = async (options) => {
  const { openDbos } = (await import(peerModule.href)) as { readonly openDbos: OpenContestant };
  return await openDbos(options);
};
