import { SagaNotFoundError } from '@nest-saga/core';
import type { JournalEntry } from '@nest-saga/core';
import { escapeControls } from '@nest-saga/core/engine';
import { printTable } from './print-table.js';
import type { Verb } from './verb.js';

/** `nest-saga show`: one saga with its journal. */
export const showVerb: Verb = {
  verb: 'show',
  summary: 'show one saga, its journal and what a cancel would undo',
  usage: `Usage: nest-saga show <id>

Shows a saga: its state, its journal, and, with --app, what comes next and what a cancel would undo now.`,
  words: ['id'],
  options: ['url', 'schema'],
  worksOnDatabase: true,
  async run({ words: [sagaId = ''], values }, { operator, sagas }, { out }) {
    const execution = await sagas.find(sagaId);
    if (execution === undefined) throw new SagaNotFoundError(sagaId);
    const journal = await sagas.history(sagaId);
    const { findings, next, undoOnCancel } = await operator.explain(sagaId);
    if (values.json === true) {
      out(JSON.stringify({ execution, journal, findings, next, undoOnCancel }));
      return 0;
    }
    const { saga, version, key, status, step, tags, stuck, failure } = execution;
    const lines: readonly (readonly [string, string | undefined])[] = [
      ['id', execution.sagaId],
      ['saga', `${saga} v${version}`],
      ['key', key],
      ['tags', tags.length === 0 ? undefined : tags.join(', ')],
      ['status', status],
      ['step', step],
      ['since', execution.since.toISOString()],
      ['waiting', execution.waiting && `${execution.waiting.for}:${execution.waiting.stage}`],
      ['failure', failure?.message],
      ['stuck', stuck && `${stuck.reason}: ${stuck.message}`],
      ['context', JSON.stringify(execution.context)],
      [
        'next',
        next.length === 0
          ? undefined
          : next.map(({ kind, step: at = '' }) => `${kind} ${at}`.trim()).join(', '),
      ],
      ['a cancel undoes', undoOnCancel?.map((one) => one.step).join(', ')],
      ...findings.map(({ kind, message }) => [kind, message] as const),
    ];
    for (const [name, text] of lines)
      if (text !== undefined && text !== '') out(escapeControls(`${name}: ${text}`));
    out('');
    out(printTable(['seq', 'entry', 'step', 'by', 'at'], journal.map(rowOf)));
    return 0;
  },
};

function rowOf(entry: JournalEntry): readonly string[] {
  const { step, actor } = entry as { readonly step?: string; readonly actor?: string };
  const by = actor ?? entry.worker ?? '';
  return [String(entry.seq), entry.kind, step ?? '', by, entry.recordedAt.toISOString()].map(escapeControls);
}
