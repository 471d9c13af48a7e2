import { escapeControls } from '@nest-saga/core/engine';
import type { Verb } from './verb.js';

/** `nest-saga check`: whether this build can continue all open and stuck sagas. */
export const checkVerb: Verb = {
  verb: 'check',
  summary: 'check whether this build can continue all open and stuck sagas',
  usage: `Usage: nest-saga check --app <file>

Folds each open and stuck saga with the sagas of this build, and prints those that it cannot continue: unknown versions, steps at
other stages, values that cannot be decoded, entries of a later release. It writes nothing. The exit code is 1 if there are any.
With --json each of them is one line, and the last line has the counts.`,
  words: [],
  options: [],
  worksOnDatabase: false,
  async run({ values }, { operator }, { out }) {
    const isJson = values.json === true;
    const counts = await operator.check(({ header, findings }) => {
      const { sagaId, saga, version, status } = header;
      if (isJson) return out(JSON.stringify({ sagaId, saga, version, status, findings }));
      for (const { kind, message } of findings)
        out(escapeControls(`${sagaId}  ${saga} v${version}  ${status}  ${kind}: ${message}`));
    });
    const { checked, withFindings } = counts;
    out(isJson ? JSON.stringify(counts) : `${checked} sagas checked, ${withFindings} with findings.`);
    return withFindings === 0 ? 0 : 1;
  },
};
